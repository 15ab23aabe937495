use crate::Share;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use satchel_keys::EnterpriseId;
use std::fmt::Write as _;
use zeroize::Zeroizing;

/// What stands on a custodian's sheet besides the share.
pub struct Sheet<'s> {
    /// The chain's name.
    pub chain: &'s str,
    /// The enterprise.
    pub enterprise: EnterpriseId,
    /// Who keeps it.
    pub custodian: &'s str,
    /// The day, as people write it.
    pub day: &'s str,
    /// The check value of the control key.
    pub kcv: [u8; 3],
}

/// A page (HTML, A4) to print once and keep in an envelope: twelve words to type, and a code to scan.
///
/// It is as secret as the share is; print it from a machine that keeps nothing.
pub fn sheet(about: &Sheet<'_>, share: &Share) -> Zeroizing<String> {
    let code = QrCode::with_error_correction_level(share.qr_text().as_bytes(), EcLevel::Q)
        .expect("a share is far below a code's capacity");
    let picture = Zeroizing::new(code.render::<svg::Color<'_>>().min_dimensions(320, 320).build());
    let picture = picture.split_once("?>").map_or(picture.as_str(), |(_, svg)| svg);
    let mut words = Zeroizing::new(String::with_capacity(1024));
    for word in share.words().split(' ') {
        write!(words, "<li>{word}</li>").expect("writing into memory cannot fail");
    }
    Zeroizing::new(format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><title>Share {number} of {count}</title>
<style>@page {{ size: A4; margin: 20mm }} body {{ font: 12pt/1.5 sans-serif; color: #000; background: #fff }}
h1 {{ font-size: 20pt }} ol {{ columns: 3; font: 14pt/2 monospace }} dt {{ float: left; width: 12em }} svg {{ width: 80mm; height: 80mm }}
footer {{ border-top: 1px solid #000; margin-top: 10mm; padding-top: 4mm }}</style>
<h1>{chain}: share {number} of {count}</h1>
<dl><dt>Kept by</dt><dd>{custodian}</dd><dt>Made on</dt><dd>{day}</dd><dt>Enterprise</dt><dd>{enterprise}</dd>
<dt>Control key</dt><dd>version {version}, check value {kcv}</dd><dt>Heading</dt><dd><code>{heading}</code></dd></dl>
<ol>{words}</ol>
{picture}
<footer>{threshold} of the {count} shares together give the enterprise control key, and with it every card. Keep this sheet in a sealed
envelope, apart from the others. Show it to nobody; type it or scan it at a recovery only.</footer>
</html>
"#,
        number = share.number,
        count = share.count,
        threshold = share.threshold,
        chain = escaped(about.chain),
        custodian = escaped(about.custodian),
        day = escaped(about.day),
        enterprise = escaped(&String::from_utf8_lossy(about.enterprise.bytes())),
        version = share.version.get(),
        kcv = hex::encode_upper(about.kcv),
        heading = share.heading(),
        words = *words,
    ))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gathering;
    use image::{GrayImage, Luma};
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;
    use satchel_keys::KeyVersion;

    #[test]
    fn a_sheet_has_words_to_type_and_a_code_that_a_camera_reads() {
        let mut gathering = Gathering::new();
        for name in ["Ada <Office>", "Ben"] {
            gathering.contribute(name, vec![b'3'; 60].into()).expect("long enough");
        }
        let version = KeyVersion::new(1).expect("not zero");
        let made = gathering.make(version, 2, &mut ChaCha20Rng::seed_from_u64(5)).expect("two of two");
        let (custodian, share) = &made.shares[0];
        let about = Sheet {
            chain: "Market & Sons",
            enterprise: EnterpriseId::new(*b"SATCHEL1"),
            custodian,
            day: "25 November 2026",
            kcv: made.key.kcv(),
        };
        let page = sheet(&about, share);
        assert!(page.contains("Market &amp; Sons: share 1 of 2") && page.contains("Ada &lt;Office&gt;"));
        share.words().split(' ').for_each(|word| assert!(page.contains(&format!("<li>{word}</li>"))));
        let read = read_by_camera(&page);
        assert_eq!(read, *share.qr_text());
        assert_eq!(Share::from_qr_text(&read).expect("a share").commitment(), share.commitment());
    }

    /// The code as it stands in the page, drawn, blurred and darkened a little, and read.
    fn read_by_camera(page: &str) -> String {
        let svg = &page[page.find("<svg").expect("a picture")..];
        let path = svg.split("<path d=\"").nth(2).or(svg.split(" d=\"").last()).expect("its modules");
        let path = &path[..path.find('"').expect("its end")];
        let mut picture = GrayImage::from_pixel(420, 420, Luma([225]));
        for module in path.split('M').skip(1) {
            let numbers: Vec<u32> =
                module.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
            let [left, top, width, height, ..] = numbers.as_slice() else { panic!("{module}") };
            for (x, y) in (0..*width).flat_map(|x| (0..*height).map(move |y| (x, y))) {
                picture.put_pixel((left + x + 10).min(419), (top + y + 10).min(419), Luma([40]));
            }
        }
        let picture = image::imageops::blur(&picture, 1.2);
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(420, 420, |x, y| {
            picture.get_pixel(x.try_into().expect("small"), y.try_into().expect("small")).0[0]
        });
        let grids = prepared.detect_grids();
        grids.first().expect("a code is in the picture").decode().expect("it can be read").1
    }
}
