//! Which keys are in the memory of which process: the web server has none, the verifier its own alone, a desk neither the control
//! key nor the verifier's.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test")]

use satchel_key_house::testing::hunt;
use satchel_key_house::{Share, recover};
use satchel_keys::{ControlKey, EnterpriseId, Role};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PASSWORD: &str = "a password for trying out";
const PATIENCE: Duration = Duration::from_secs(30);

/// A process that is ended with whoever holds it.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_satchel"));
    command.args(words).current_dir(folder).env("SATCHEL_TRIAL", "true");
    for name in ["SATCHEL_PASSWORD", "SATCHEL_PASSWORD_2", "SATCHEL_PASSWORD_3", "SATCHEL_NEW_PASSWORD"] {
        command.env(name, PASSWORD);
    }
    command
}

fn run(folder: &Path, words: &[&str]) {
    let done = command(folder, words).output().unwrap();
    assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn background(folder: &Path, words: &[&str]) -> Ended {
    Ended(command(folder, words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

fn founded(folder: &Path) {
    let who = ["--administrator", "ann", "--key-officers", "ada", "ben"];
    run(folder, &[["found", "--chain", "Market", "--enterprise", "MARKET01"].as_slice(), &who].concat());
    run(folder, &["appoint", "issuer", "--login", "ann", "--name", "Issuer", "--duty", "issuer"]);
    run(folder, &["keys", "admit", "issuer", "--login", "ada", "--with", "ben"]);
    for name in ["a", "b", "c"] {
        std::fs::write(folder.join(name), format!("{name} throws 1 2 3 4 5 6 1 2 3 4")).unwrap();
    }
    let made = ["keys", "ceremony", "--login", "ada", "--with", "ben", "--threshold", "2", "--sheets", "sheets"];
    let people = ["--custodians", "Ada", "Ben", "Cy", "--contributions", "a", "b", "c"];
    run(folder, &[made.as_slice(), &people].concat());
    std::fs::write(folder.join("cards.csv"), "name,amount\nAda,5.00\n").unwrap();
    run(folder, &["issue", "order", "cards.csv", "--name", "one", "--login", "issuer"]);
}

/// The control key, as two custodians have it together.
fn control(folder: &Path) -> ControlKey {
    let share = |number: u8| {
        let sheet = std::fs::read_to_string(folder.join(format!("sheets/share-{number}.html"))).unwrap();
        let code = sheet.split("<code>").nth(1).unwrap().split("</code>").next().unwrap();
        let words: Vec<&str> = sheet.split("<li>").skip(1).map(|word| word.split("</li>").next().unwrap()).collect();
        Share::from_words(code, &words.join(" ")).unwrap()
    };
    recover(&[share(1), share(2)], &[]).unwrap()
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "{what} never came");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn ask(address: SocketAddr, request: &str) -> String {
    let mut line = TcpStream::connect(address).unwrap();
    line.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn each_process_has_its_own_keys_and_the_web_server_has_none() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    founded(folder);
    let control = control(folder);
    let enterprise = EnterpriseId::new(*b"MARKET01");
    let secrets: Vec<(String, [u8; 16])> = Role::ALL
        .iter()
        .map(|role| (format!("{role:?}"), *control.role_master(*role, &enterprise).key().expose()))
        .chain([("control".to_owned(), *control.expose())])
        .collect();

    let verifier = background(folder, &["verifier", "--login", "ada"]);
    until("the verifier", || folder.join("verifier.socket").exists());
    assert_eq!(distinct(&verifier, &secrets), ["Tmac"], "the verifier has its own master, and that alone");

    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = background(folder, &["serve", "--listen", &free.to_string()]);
    until("the web server", || TcpStream::connect(free).is_ok());
    let form = format!("login=issuer&password={}", PASSWORD.replace(' ', "+"));
    let answer = ask(
        free,
        &format!(
            "POST /login HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        ),
    );
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect(&answer);
    let cookie = cookie.split(';').next().unwrap();
    for page in ["/", "/keys", "/cards", "/batches/1"] {
        let page =
            ask(free, &format!("GET {page} HTTP/1.1\r\nHost: here\r\nConnection: close\r\nCookie: {cookie}\r\n\r\n"));
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    }
    assert!(distinct(&server, &secrets).is_empty(), "the web server has no key");

    // A reader that is not there: the desk waits for it with its keys in its hands.
    let desk = background(folder, &["issue", "run", "1", "--login", "issuer", "--reader", "tcp:127.0.0.1:9"]);
    until("the desk's keys", || distinct(&desk, &secrets).contains(&"Sale".to_owned()));
    let held = distinct(&desk, &secrets);
    assert!(!held.contains(&"control".to_owned()) && !held.contains(&"Tmac".to_owned()), "{held:?}");
}

fn distinct(process: &Ended, secrets: &[(String, [u8; 16])]) -> Vec<String> {
    let mut found = hunt(process.0.id(), secrets);
    found.sort_unstable();
    found.dedup();
    found
}
