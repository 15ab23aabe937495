//! Which keys are in the memory of which process: the web server has none, the verifier its own alone, a desk neither the control
//! key nor the verifier's.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{Ended, PASSWORD, background, founded, run, share, until};
use satchel_key_house::recover;
use satchel_key_house::testing::hunt;
use satchel_keys::{EnterpriseId, Role};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

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
    let verifier = founded(folder, &["issuer"]);
    std::fs::write(folder.join("cards.csv"), "name,amount\nAda,5.00\n").unwrap();
    run(folder, &["issue", "order", "cards.csv", "--name", "one", "--login", "issuer"]);
    // The control key, as two custodians have it together.
    let control = recover(&[share(folder, 1), share(folder, 2)], &[]).unwrap();
    let enterprise = EnterpriseId::new(*b"MARKET01");
    let secrets: Vec<(String, [u8; 16])> = Role::ALL
        .iter()
        .map(|role| (format!("{role:?}"), *control.role_master(*role, &enterprise).key().expose()))
        .chain([("control".to_owned(), *control.expose())])
        .collect();

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
