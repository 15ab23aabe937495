//! The API by its tokens, and the console's doors, without a browser.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value, reason = "a test")]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use satchel_console::{Cookies, console};
use satchel_device::{Folder, Invitation, Mode};
use satchel_keys::{EnterpriseId, SoftwareSeal};
use satchel_office::{Actor, Charter, Duty, NewOfficer, Office, PlaceKind};
use satchel_programs::Limits;
use satchel_store::testing::each;
use satchel_values::{Clock, Currency, Money, Points, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(1_795_510_800_000)
    }
}

fn founded(office: &Office) -> impl Fn(Duty) -> String {
    let charter = Charter {
        chain: "Market".to_owned(),
        enterprise: EnterpriseId::new(*b"SATCHEL1"),
        currency: Currency::new("EUR", 2).unwrap(),
        card_prefix: 27,
        purse_max: Money::new(500_00),
    };
    office.found(&charter).unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let admin = Actor { login: "administrator".to_owned(), duty: Duty::Administrator };
    for duty in Duty::ALL {
        let new =
            NewOfficer { login: duty.name(), name: duty.name(), password: "a long password", duty, language: "en" };
        office.appoint((duty != Duty::Administrator).then_some(&admin), &new, &mut rng).unwrap();
    }
    let tokens = Duty::ALL.map(|duty| (duty, office.make_api_token(&admin, duty.name(), "a test", &mut rng).unwrap()));
    move |duty| tokens.iter().find(|(of, _)| *of == duty).unwrap().1.clone()
}

async fn post_table(service: &Router, token: &str, table: &'static [u8]) -> (StatusCode, Value) {
    let request = Request::post("/api/drafts/catalogue").header(header::AUTHORIZATION, format!("Bearer {token}"));
    let answer = service.clone().oneshot(request.body(Body::from(table)).unwrap()).await.unwrap();
    let status = answer.status();
    let body = to_bytes(answer.into_body(), 1024 * 1024).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

async fn ask(
    service: &Router,
    token: Option<&str>,
    method: &str,
    address: &str,
    body: Option<Value>,
) -> (StatusCode, Value) {
    let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(address);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let request = request.header(header::CONTENT_TYPE, "application/json");
    let request = request.body(body.map_or(Body::empty(), |body| Body::from(body.to_string()))).unwrap();
    let answer = service.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let bytes = to_bytes(answer.into_body(), 4 * 1024 * 1024).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

/// Runs a test on each database, in a runtime whose threads may wait.
fn served(test: impl AsyncFn(Router, &dyn Fn(Duty) -> String)) {
    each(|database| {
        let office = Office::new(database.clone(), Arc::new(Standing));
        let token = founded(&office);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(test(console(office.clone(), Cookies::Anywhere), &token));
    });
}

#[test]
fn nothing_is_said_without_a_token_and_every_address_is_described() {
    served(async |service, _| {
        let (status, described) = ask(&service, None, "GET", "/api/openapi.json", None).await;
        assert_eq!(status, StatusCode::OK);
        let paths = described["paths"].as_object().unwrap();
        assert!(paths.len() >= 20, "{}", paths.len());
        let mut asked = 0;
        for (path, methods) in paths {
            let address = path.replace("{number}", "270000000017").replace("{id}", "1");
            for method in methods.as_object().unwrap().keys() {
                for token in [None, Some("another")] {
                    let (status, why) = ask(&service, token, &method.to_uppercase(), &address, Some(json!({}))).await;
                    assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {address}: {why}");
                }
                assert!(methods[method]["responses"]["401"].is_object(), "{method} {address} says how it refuses");
                asked += 1;
            }
        }
        println!("{asked} requests described, each refused without a token and with another's");
    });
}

#[test]
fn a_program_may_what_its_officer_may() {
    served(async |service, token| {
        let (clerk, issuer, auditor) = (token(Duty::MemberService), token(Duty::Issuer), token(Duty::Auditor));
        let new = json!({"name": "Ada Brown", "contact": "030 1"});
        let (status, refused) = ask(&service, Some(&issuer), "POST", "/api/members", Some(new.clone())).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{refused}");
        assert!(refused["error"].as_str().unwrap().contains("may not"));
        let (status, made) = ask(&service, Some(&clerk), "POST", "/api/members", Some(new)).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        let address = format!("/api/members/{}", made["id"]);
        let (_, member) = ask(&service, Some(&auditor), "GET", &address, None).await;
        assert_eq!(member["name"], "Ada Brown");
        let change = json!({"name": "Ada B.", "contact": "", "revision": member["revision"]});
        let (status, _) = ask(&service, Some(&clerk), "PUT", &address, Some(change.clone())).await;
        assert_eq!(status, StatusCode::OK);
        let (status, late) = ask(&service, Some(&clerk), "PUT", &address, Some(change)).await;
        assert_eq!(status, StatusCode::CONFLICT, "{late}");
        let (_, found) = ask(&service, Some(&clerk), "GET", "/api/members?words=ada", None).await;
        assert_eq!(found.as_array().unwrap().len(), 1);
        let (_, trail) = ask(&service, Some(&auditor), "GET", "/api/audit", None).await;
        let actions: Vec<&str> =
            trail.as_array().unwrap().iter().filter_map(|entry| entry["action"].as_str()).collect();
        assert_eq!(actions[..3], ["member.corrected", "member.added", "refused"]);
    });
}

#[test]
fn cards_are_ordered_and_bad_orders_named() {
    served(async |service, token| {
        let issuer = token(Duty::Issuer);
        let order = json!({"name": "api", "cards": [{"member": "Ben", "amount_minor": 500}, {}]});
        let (status, made) = ask(&service, Some(&issuer), "POST", "/api/batches", Some(order)).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        let (_, batch) = ask(&service, Some(&issuer), "GET", &format!("/api/batches/{}", made["id"]), None).await;
        assert_eq!((batch["cards"].as_i64(), batch["made"].as_i64()), (Some(2), Some(0)));
        let (_, cards) = ask(&service, Some(&issuer), "GET", "/api/cards", None).await;
        let number = &cards[0]["number"];
        let (status, events) = ask(&service, Some(&issuer), "GET", &format!("/api/cards/{number}/events"), None).await;
        assert_eq!((status, events), (StatusCode::OK, json!([])));
        let too_much = json!({"name": "api", "cards": [{"amount_minor": 999_999_999}]});
        let (status, why) = ask(&service, Some(&issuer), "POST", "/api/batches", Some(too_much)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
        let (status, _) = ask(&service, Some(&issuer), "POST", "/api/batches", Some(json!({"name": 7}))).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        let (status, _) = ask(&service, Some(&issuer), "GET", "/api/cards/270000000018", None).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "its check digit is wrong");
    });
}

#[test]
fn places_terminals_people_and_drafts_are_run_by_program() {
    served(async |service, token| {
        let (operations, setter) = (token(Duty::Operations), token(Duty::SetUp));
        let place = json!({"kind": "store", "name": "North", "region": "East"});
        let (status, made) = ask(&service, Some(&operations), "POST", "/api/places", Some(place)).await;
        assert_eq!((status, made), (StatusCode::OK, json!({"id": 1})));
        let odd = json!({"kind": "castle", "name": "North"});
        let (status, _) = ask(&service, Some(&operations), "POST", "/api/places", Some(odd)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let change = json!({"kind": "store", "name": "North end", "region": "East", "open": true, "revision": 1});
        let (status, why) = ask(&service, Some(&operations), "PUT", "/api/places/1", Some(change)).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{why}");
        let limits = json!({
            "per_sale_max_minor": 20_000, "per_card_day_max_minor": 30_000, "offline_total_max_minor": 200_000,
            "top_up_min_minor": 100, "top_up_max_minor": 20_000, "top_up_allowance_minor": 500_000, "points_max": 1_000
        });
        let profile = json!({"name": "till", "roles": ["inquiry", "sale"], "limits": limits});
        let (status, made) = ask(&service, Some(&operations), "POST", "/api/profiles", Some(profile)).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        let (_, profiles) = ask(&service, Some(&operations), "GET", "/api/profiles", None).await;
        assert_eq!((&profiles[0]["roles"], &profiles[0]["limits"]), (&json!(["inquiry", "sale"]), &limits));
        let planned = json!({"place": 1, "profile": made["id"]});
        let (status, terminal) = ask(&service, Some(&operations), "POST", "/api/terminals", Some(planned)).await;
        assert_eq!(status, StatusCode::OK, "{terminal}");
        let enrolment = format!("/api/terminals/{}/enrolment", terminal["id"]);
        let (status, why) = ask(&service, Some(&operations), "POST", &enrolment, None).await;
        assert_eq!(status, StatusCode::CONFLICT, "nothing was ever signed here: {why}");
        let (status, open) = ask(&service, Some(&operations), "GET", &enrolment, None).await;
        assert_eq!((status, open), (StatusCode::OK, json!({"invitation": null, "check": null})));
        let answer = format!("/api/terminals/{}/answer", terminal["id"]);
        let (status, _) = ask(&service, Some(&operations), "POST", &answer, Some(json!({"answer": "what?"}))).await;
        assert_eq!(status, StatusCode::CONFLICT, "nobody invited it");
        let person = json!({"name": "Ines", "level": "seller", "scope": [1], "valid_until_day": 22_000});
        let (status, made) = ask(&service, Some(&operations), "POST", "/api/people", Some(person)).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        let odd = json!({"name": "Ines", "level": "king", "valid_until_day": 22_000});
        let (status, _) = ask(&service, Some(&operations), "POST", "/api/people", Some(odd)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let nowhere = json!({"place": 9, "profile": 9});
        let (status, _) = ask(&service, Some(&operations), "POST", "/api/terminals", Some(nowhere)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let draft = json!({"kind": "texts", "body": "{\"footer\": \"Thank you\"}"});
        let (status, made) = ask(&service, Some(&setter), "POST", "/api/drafts", Some(draft)).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        let address = format!("/api/drafts/{}/review", made["id"]);
        let (status, why) = ask(&service, Some(&setter), "POST", &address, Some(json!({"revision": 1}))).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "nobody approves their own: {why}");
        let (status, made) = post_table(&service, &setter, b"code,name\nT1").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{made}");
        let table = b"code,name,category,price_minor,unit,barcodes\nT1,Tea,Drinks,320,piece,\n";
        let (status, made) = post_table(&service, &setter, table).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        for address in ["/api/places", "/api/terminals", "/api/people", "/api/drafts", "/api/keys", "/api/overview"] {
            assert_eq!(ask(&service, Some(&operations), "GET", address, None).await.0, StatusCode::OK, "{address}");
        }
    });
}

#[test]
fn officers_are_appointed_dismissed_and_given_tokens_by_program() {
    served(async |service, token| {
        let (admin, auditor) = (token(Duty::Administrator), token(Duty::Auditor));
        let new = json!({"login": "mia", "name": "Mia", "duty": "issuer", "language": "de", "password": "a long first password"});
        let (status, _) = ask(&service, Some(&auditor), "POST", "/api/officers", Some(new.clone())).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, why) = ask(&service, Some(&admin), "POST", "/api/officers", Some(new.clone())).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{why}");
        let (status, why) = ask(&service, Some(&admin), "POST", "/api/officers", Some(new)).await;
        assert_eq!(status, StatusCode::CONFLICT, "{why}");
        let (status, _) = ask(&service, Some(&auditor), "GET", "/api/officers", None).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (_, all) = ask(&service, Some(&admin), "GET", "/api/officers", None).await;
        let mia = all.as_array().unwrap().iter().find(|one| one["login"] == "mia").unwrap().clone();
        assert_eq!((&mia["duty"], &mia["language"], &mia["active"]), (&json!("issuer"), &json!("de"), &json!(true)));
        let label = Some(json!({"label": "printer"}));
        let (_, made) = ask(&service, Some(&admin), "POST", "/api/officers/mia/tokens", label).await;
        let hers = made["token"].as_str().unwrap().to_owned();
        assert_eq!(ask(&service, Some(&hers), "GET", "/api/overview", None).await.0, StatusCode::OK);
        let (status, _) = ask(&service, Some(&admin), "DELETE", "/api/officers/mia/tokens", None).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(ask(&service, Some(&hers), "GET", "/api/overview", None).await.0, StatusCode::UNAUTHORIZED);
        let gone = Some(json!({"active": false, "revision": mia["revision"]}));
        let (status, why) = ask(&service, Some(&admin), "POST", "/api/officers/mia/active", gone.clone()).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{why}");
        let (status, _) = ask(&service, Some(&admin), "POST", "/api/officers/mia/active", gone).await;
        assert_eq!(status, StatusCode::CONFLICT, "somebody else was quicker");
    });
}

#[test]
fn corrections_policy_and_collection_cards_are_run_by_program() {
    served(async |service, token| {
        let (clerk, admin, operations) =
            (token(Duty::MemberService), token(Duty::Administrator), token(Duty::Operations));
        let issuer = token(Duty::Issuer);
        let order = json!({"name": "api", "cards": [{"member": "Ben", "amount_minor": 500}]});
        let (_, made) = ask(&service, Some(&issuer), "POST", "/api/batches", Some(order)).await;
        for (way, begins) in [("print", false), ("faces", true)] {
            let address = format!("/api/batches/{}/{way}", made["id"]);
            let request = Request::post(address).header(header::AUTHORIZATION, format!("Bearer {issuer}"));
            let answer = service.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
            let bytes = to_bytes(answer.into_body(), 1024 * 1024).await.unwrap();
            assert_eq!(bytes.starts_with(b"%PDF-"), begins);
        }
        let (_, cards) = ask(&service, Some(&issuer), "GET", "/api/cards", None).await;
        let address = format!("/api/cards/{}/correction", cards[0]["number"]);
        let wanted = json!({"amount_minor": 100, "reason": "billed twice"});
        let (status, why) = ask(&service, Some(&issuer), "POST", &address, Some(wanted.clone())).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{why}");
        let (status, why) = ask(&service, Some(&clerk), "POST", &address, Some(wanted)).await;
        assert_eq!(status, StatusCode::CONFLICT, "it is planned, not in use: {why}");
        let (status, all) = ask(&service, Some(&clerk), "GET", "/api/corrections", None).await;
        assert_eq!((status, all), (StatusCode::OK, json!([])));
        let decision = json!({"approve": true, "revision": 1});
        let (status, _) = ask(&service, Some(&clerk), "POST", "/api/corrections/7", Some(decision)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);

        let (_, policy) = ask(&service, Some(&issuer), "GET", "/api/policy", None).await;
        assert_eq!(policy, json!({"issuing": "login"}));
        let strict = json!({"issuing": "own-card"});
        let (status, _) = ask(&service, Some(&issuer), "PUT", "/api/policy", Some(strict.clone())).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, _) = ask(&service, Some(&admin), "PUT", "/api/policy", Some(json!({"issuing": "luck"}))).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (status, _) = ask(&service, Some(&admin), "PUT", "/api/policy", Some(strict.clone())).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(ask(&service, Some(&issuer), "GET", "/api/policy", None).await.1, strict);
        let nobody = json!({"person": 9, "revision": 1});
        let (status, _) = ask(&service, Some(&admin), "POST", "/api/officers/issuer/person", Some(nobody)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);

        let address = format!("/api/cards/{}/movements", cards[0]["number"]);
        let (_, account) = ask(&service, Some(&issuer), "GET", &address, None).await;
        assert_eq!(
            account,
            json!({"balance_minor": 500, "points": 0, "movements": []}),
            "what it is to be issued with"
        );
        for address in ["/api/ledger", "/api/exceptions", "/api/settlement?from_day=20000&to_day=20100"] {
            assert_eq!(
                ask(&service, Some(&issuer), "GET", address, None).await,
                (StatusCode::OK, json!([])),
                "{address}"
            );
        }
        let (status, why) = ask(&service, Some(&issuer), "POST", "/api/bundles", Some(json!("what?"))).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
        let nothing = json!({"kind": "held", "terminal": 101, "sequence": 8, "reason": "x", "revision": 1});
        let (status, _) = ask(&service, Some(&issuer), "POST", "/api/exceptions/resolve", Some(nothing.clone())).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let settlement = token(Duty::Settlement);
        let (status, _) = ask(&service, Some(&settlement), "POST", "/api/exceptions/resolve", Some(nothing)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);

        let round = json!({"name": "Round North", "scope": [1], "valid_until_day": 22_000});
        let (status, _) = ask(&service, Some(&issuer), "POST", "/api/collection-cards", Some(round.clone())).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, made) = ask(&service, Some(&operations), "POST", "/api/collection-cards", Some(round)).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        let address = format!("/api/collection-cards/{}/active", made["id"]);
        let gone = json!({"active": false, "revision": 1});
        let (status, _) = ask(&service, Some(&operations), "POST", &address, Some(gone.clone())).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        let (status, _) = ask(&service, Some(&operations), "POST", &address, Some(gone)).await;
        assert_eq!(status, StatusCode::CONFLICT);
        let (_, all) = ask(&service, Some(&operations), "GET", "/api/collection-cards", None).await;
        assert_eq!((&all[0]["made"], &all[0]["active"]), (&json!(false), &json!(false)));
    });
}

#[test]
fn a_photograph_of_a_device_s_answer_is_taken_and_a_holiday_picture_is_not() {
    each(|database| {
        let office = Office::new(database.clone(), Arc::new(Standing));
        drop(founded(&office));
        let operations = Actor { login: "operations".to_owned(), duty: Duty::Operations };
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let place = office.add_place(&operations, PlaceKind::Van, "Van 3", "").unwrap();
        let profile = office.add_profile(&operations, "seller", &["inquiry", "sale"], &a_till_s_limits()).unwrap();
        let id = office.add_terminal(&operations, place, profile).unwrap();
        // As signing anything at a desk leaves it.
        let key = satchel_packages::OfficeKey::generate(&mut rng).public();
        let sql = "INSERT INTO settings VALUES ('signature_key', $1, 1)";
        database.write(|work| work.run(sql, &[hex::encode(key.0).into()])).unwrap();
        let invitation = office.invite(&operations, id, &mut rng).unwrap().invitation;
        let device = tempfile::tempdir().unwrap();
        let answer = Folder::new(device.path(), Mode::Service)
            .answer(&Invitation::from_text(&invitation).unwrap(), &SoftwareSeal::take(&mut [7; 32]), &mut rng)
            .unwrap();
        let (cookie, signed_on) = office.sign_on("operations", "a long password", None, &mut rng).unwrap();
        let service = console(office.clone(), Cookies::Anywhere);
        let send = |picture: Vec<u8>| {
            let mut body = form("csrf", None, signed_on.csrf.as_bytes());
            body.extend(form("answer", None, b""));
            body.extend(form("picture", Some("answer.png"), &picture));
            body.extend(b"--edge--\r\n");
            Request::post(format!("/terminals/{id}/answer"))
                .header(header::COOKIE, format!("satchel={cookie}"))
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
                .body(Body::from(body))
                .unwrap()
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for (picture, status) in [
                (b"holiday".to_vec(), StatusCode::UNPROCESSABLE_ENTITY),
                (photograph(&invitation), StatusCode::UNPROCESSABLE_ENTITY),
                (photograph(&answer.to_text()), StatusCode::SEE_OTHER),
            ] {
                assert_eq!(service.clone().oneshot(send(picture)).await.unwrap().status(), status);
            }
        });
        assert_eq!(office.enrolling(&operations, id).unwrap().unwrap().check, Some(answer.check()));
    });
}

fn form(name: &str, file: Option<&str>, value: &[u8]) -> Vec<u8> {
    let file = file.map_or(String::new(), |file| format!("; filename=\"{file}\""));
    let head = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
    [head.as_bytes(), value, b"\r\n"].concat()
}

/// A code on a screen as a camera sees it: grey, blurred, not filling the picture.
fn photograph(text: &str) -> Vec<u8> {
    let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::L).unwrap();
    let side = u32::try_from(code.width()).unwrap();
    let dark = code.to_colors();
    let picture = image::GrayImage::from_fn(side * 8 + 240, side * 8 + 160, |x, y| {
        let module = |at: u32, margin: u32| at.checked_sub(margin).map(|at| at / 8).filter(|at| *at < side);
        let here = module(x, 120).zip(module(y, 80));
        let is_dark = here.is_some_and(|(x, y)| dark[(y * side + x) as usize] == qrcode::Color::Dark);
        image::Luma([if is_dark { 60 } else { 190 }])
    });
    let mut png = std::io::Cursor::new(Vec::new());
    image::imageops::blur(&picture, 1.5).write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

fn a_till_s_limits() -> Limits {
    let [per_sale_max, per_card_day_max, offline_total_max] = [200_00, 300_00, 2_000_00].map(Money::new);
    let [purse_max, top_up_min, top_up_max, top_up_allowance] = [500_00, 1_00, 200_00, 5_000_00].map(Money::new);
    let points_max = Points::new(1_000);
    Limits {
        purse_max,
        per_sale_max,
        per_card_day_max,
        offline_total_max,
        top_up_min,
        top_up_max,
        top_up_allowance,
        points_max,
    }
}

#[test]
fn pages_are_shut_to_strangers_and_say_nothing_to_other_sites() {
    served(async |service, _| {
        for address in ["/", "/cards", "/members", "/keys", "/audit", "/officers", "/account"] {
            let answer = service.clone().oneshot(Request::get(address).body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{address}");
            assert_eq!(answer.headers()[header::LOCATION], "/login");
            for (name, part) in [
                ("content-security-policy", "default-src 'self'"),
                ("x-frame-options", "DENY"),
                ("x-content-type-options", "nosniff"),
            ] {
                assert!(answer.headers()[name].to_str().unwrap().contains(part), "{name}");
            }
        }
        let mut refused = 0;
        for _ in 0..40 {
            let form = Request::post("/login").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let form = form.body(Body::from("login=eve&password=guess")).unwrap();
            refused +=
                u32::from(service.clone().oneshot(form).await.unwrap().status() == StatusCode::TOO_MANY_REQUESTS);
        }
        assert!(refused >= 10, "{refused}");
        let large = Request::post("/login").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let large = large.body(Body::from("a".repeat(1024 * 1024))).unwrap();
        assert_eq!(service.clone().oneshot(large).await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
    });
}
