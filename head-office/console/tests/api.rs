//! The API by its tokens, and the console's doors, without a browser.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value, reason = "a test")]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use satchel_console::{Cookies, console};
use satchel_keys::EnterpriseId;
use satchel_office::{Actor, Charter, Duty, NewOfficer, Office};
use satchel_store::testing::each;
use satchel_values::{Clock, Currency, Money, Timestamp};
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
        let nowhere = json!({"place": 9, "profile": 9});
        let (status, _) = ask(&service, Some(&operations), "POST", "/api/terminals", Some(nowhere)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let draft = json!({"kind": "texts", "body": "{\"footer\": \"Thank you\"}"});
        let (status, made) = ask(&service, Some(&setter), "POST", "/api/drafts", Some(draft)).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        let address = format!("/api/drafts/{}/review", made["id"]);
        let (status, why) = ask(&service, Some(&setter), "POST", &address, Some(json!({"revision": 1}))).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "nobody approves their own: {why}");
        for address in ["/api/places", "/api/terminals", "/api/people", "/api/drafts", "/api/keys", "/api/overview"] {
            assert_eq!(ask(&service, Some(&operations), "GET", address, None).await.0, StatusCode::OK, "{address}");
        }
    });
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
