#![expect(clippy::needless_pass_by_value, reason = "markup is made to be put somewhere")]

use crate::texts;
use jiff::{Timestamp as Instant, tz::TimeZone};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use satchel_office::{Duty, OfficeError, Permission, SignedOn};
use satchel_values::{Date, Timestamp};

/// Who reads a page.
#[derive(Clone)]
pub struct Reader {
    language: &'static str,
    duty: Option<Duty>,
    name: String,
    csrf: String,
}

/// The pages one goes to from everywhere: address, title, and what it takes to see them.
const WAYS: [(&str, &str, Permission); 15] = [
    ("/", "Overview", Permission::Look),
    ("/cards", "Cards", Permission::Look),
    ("/members", "Members", Permission::LookAtMembers),
    ("/batches", "Issuing", Permission::Look),
    ("/corrections", "Corrections", Permission::Look),
    ("/places", "Places", Permission::Look),
    ("/terminals", "Terminals", Permission::Look),
    ("/people", "People", Permission::Look),
    ("/collection-cards", "Collection cards", Permission::Look),
    ("/ledger", "Ledger", Permission::Look),
    ("/exceptions", "Exceptions", Permission::Look),
    ("/drafts", "Set-up", Permission::Look),
    ("/keys", "Keys", Permission::Look),
    ("/officers", "Officers", Permission::Appoint),
    ("/audit", "Audit trail", Permission::Audit),
];

impl Reader {
    pub fn of(signed_on: &SignedOn) -> Self {
        Self {
            language: texts::language(&signed_on.officer.language),
            duty: Some(signed_on.officer.duty),
            name: signed_on.officer.name.clone(),
            csrf: signed_on.csrf.clone(),
        }
    }

    /// Nobody is signed on.
    pub const fn unknown() -> Self {
        Self { language: "en", duty: None, name: String::new(), csrf: String::new() }
    }

    /// Nobody is signed on; the browser says what they read.
    pub fn preferring(accept_language: Option<&str>) -> Self {
        let language = accept_language.map_or("en", |asked| texts::language(asked.get(..2).unwrap_or("en")));
        Self { language, ..Self::unknown() }
    }

    /// A text in their language, by its English words.
    pub fn t(&self, english: &'static str) -> &'static str {
        texts::in_language(self.language, english)
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.duty.is_some_and(|duty| duty.may(permission))
    }

    fn direction(&self) -> &'static str {
        if self.language == "ar" { "rtl" } else { "ltr" }
    }
}

/// A page without the ways to others.
pub fn bare(reader: &Reader, title: &str, content: Markup) -> Markup {
    shell(reader, title, html! { main class="bare" { h1 { (title) } (content) } })
}

/// A page with the ways to all others that its reader may see.
pub fn page(reader: &Reader, here: &str, title: &str, content: Markup) -> Markup {
    shell(
        reader,
        title,
        html! {
            a class="skip" href="#content" { (reader.t("To the content")) }
            header {
                a class="brand" href="/" { "Satchel" }
                nav aria-label=(reader.t("Pages")) {
                    ul { @for (address, name, permission) in WAYS { @if reader.may(permission) {
                        li { a href=(address) aria-current=[(address == here).then_some("page")] { (reader.t(name)) } }
                    } } }
                }
                div class="who" {
                    a href="/account" { (reader.name) }
                    form method="post" action="/logout" { (csrf(reader)) button class="quiet" { (reader.t("Sign off")) } }
                }
            }
            main id="content" { h1 { (title) } (content) }
        },
    )
}

fn shell(reader: &Reader, title: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(reader.language) dir=(reader.direction()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Satchel" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/style.css";
                script src="/htmx.js" defer {}
                meta name="htmx-config" content=r#"{"includeIndicatorStyles": false, "allowEval": false}"#;
            }
            body { (body) }
        }
    }
}

/// What every form carries.
pub fn csrf(reader: &Reader) -> Markup {
    html! { input type="hidden" name="csrf" value=(reader.csrf); }
}

/// A field with its label.
pub fn field(label: &str, name: &str, value: &str) -> Markup {
    html! { label { span { (label) } input name=(name) value=(value) autocomplete="off"; } }
}

/// A choice with its label. Each option is its value and its words.
pub fn choice(label: &str, name: &str, options: &[(String, String)], chosen: &str) -> Markup {
    html! { label { span { (label) } select name=(name) {
        @for (value, words) in options { option value=(value) selected[value == chosen] { (words) } }
    } } }
}

/// A table with its headings; none if there are no rows.
pub fn table(reader: &Reader, headings: &[&str], rows: &[Markup]) -> Markup {
    html! {
        @if rows.is_empty() { p class="none" { (reader.t("Nothing here yet")) } } @else {
            div class="scrolls" tabindex="0" role="region" aria-label=(reader.t("Table")) { table {
                thead { tr { @for (place, heading) in headings.iter().enumerate() {
                    // A heading stands over its figures.
                    @let figures = rows.first().is_some_and(|row| column(row, place).is_some_and(|cell| cell.starts_with(" class=\"number\"")));
                    th scope="col" class=[figures.then_some("number")] { (heading) }
                } } }
                tbody { @for row in rows { tr { (row) } } }
            } }
        }
    }
}

/// What stands between `<td` and the end of a row's cell.
fn column(row: &Markup, place: usize) -> Option<&str> {
    row.0.split("<td").nth(place + 1)
}

/// A QR code to scan from the screen. `label` says what it is to those who do not see it.
pub fn code_picture(text: &str, label: &str) -> Result<Markup, OfficeError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L);
    let code = code.map_err(|error| OfficeError::State(error.to_string()))?;
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    let drawn = drawn.split_once("?>").map_or(drawn.as_str(), |(_, svg)| svg);
    Ok(html! { div class="sheet" role="img" aria-label=(label) { (PreEscaped(drawn)) } })
}

/// How something stands, in a colour that goes with it.
pub fn badge(reader: &Reader, state: &'static str) -> Markup {
    let tone = match state {
        "active" | "issued" | "done" | "enrolled" | "current" | "published" | "open" | "approved" | "resolved"
        | "vouched" => "good",
        "blocked" | "lost" | "spoiled" | "stopped" | "refused" => "bad",
        "writing" | "draft" | "reviewed" | "retiring" | "asked" | "begun" | "to-do" => "open",
        _ => "plain",
    };
    html! { span class={ "badge " (tone) } { (reader.t(state)) } }
}

/// An instant, as everybody reads it.
pub fn at(instant: Timestamp) -> Markup {
    let instant = Instant::from_millisecond(instant.ms()).unwrap_or_default();
    let written = instant.to_zoned_datetime(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string();
    html! { time datetime=(instant) dir="ltr" { (written) } }
}

/// A day; nothing for none.
pub fn on(day: Date) -> String {
    if day.days() == 0 {
        return "–".to_owned();
    }
    let first = jiff::civil::date(1970, 1, 1);
    first.saturating_add(jiff::Span::new().days(i64::from(day.days()))).to_string()
}
