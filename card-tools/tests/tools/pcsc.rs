//! The system's own PC/SC service, with the virtual reader of vsmartcard-vpcd and our card in it.
//!
//! Compiled with the feature `pcsc` only, and then a machine without the service fails it. A service that runs already is
//! used; otherwise one is started, which takes root.

use crate::process::{SATCHEL_CARD, Served};
use satchel_transport::{ReaderSpec, Transport};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The first of the two virtual readers, and where it takes its card.
const READER: &str = "pcsc:Virtual PCD 00 00";
const VPCD: &str = "localhost:35963";

/// How often the reader is looked for, and how long apart: twenty seconds in all.
const ATTEMPTS: u32 = 200;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(100);

/// The service, if it was started here.
struct Service(Child);

impl Service {
    fn start() -> Self {
        let child = Command::new("pcscd").args(["--foreground", "--error"]).stdout(Stdio::null()).spawn();
        Self(child.expect("pcscd starts: install pcscd and vsmartcard-vpcd"))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Gone already, or ended now: either is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The reader with the card in it, as soon as the service has noticed it.
fn reader(spec: &ReaderSpec) -> Box<dyn Transport + Send> {
    for _ in 1..ATTEMPTS {
        if let Ok(reader) = spec.open() {
            return reader;
        }
        std::thread::sleep(BETWEEN_ATTEMPTS);
    }
    spec.open().unwrap_or_else(|error| panic!("the virtual reader has our card: {error}"))
}

#[test]
fn a_whole_life_behind_the_system_s_own_service() {
    let running = std::path::Path::new("/run/pcscd/pcscd.comm");
    let answers = running.exists() && std::os::unix::net::UnixStream::connect(running).is_ok();
    let _service = (!answers).then(Service::start);
    let _card = Served::start(&["vpcd", "--connect", VPCD]);
    let spec: ReaderSpec = READER.parse().expect("a reader");

    let mut field = reader(&spec);
    assert!(field.transceive(&[0x90, 0x1A, 0, 0, 1, 0, 0]).expect("answered").ends_with(&[0x91, 0xAF]));
    field.reset().expect("the field goes off and on");
    assert_eq!(field.transceive(&[0x90, 0xAF, 0, 0, 0]).expect("answered"), [0x91, 0x1C], "the challenge is forgotten");
    drop(field);

    let output = Command::new(SATCHEL_CARD).args(["qualify", "--reader", READER]).output().expect("the binary runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.trim_end().ends_with("fit for service"), "{said}");
}
