//! Headers of every answer, and requests from other sites (SEC-41, SEC-42).

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;
use tests::World;

#[tokio::test]
async fn every_answer_carries_the_guards() {
    let world = World::new().await;
    for path in ["/api/session", "/api/nothing", "/missing.js", "/livez", "/dev/outbox", "/api/openapi.json"] {
        let answer = world.anon().get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ] {
            assert_eq!(
                answer.headers.get(name).map(|value| value.as_bytes()),
                Some(value.as_bytes()),
                "{path}: {name}"
            );
        }
        let policy = answer.headers["content-security-policy"].to_str().expect("text");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe-inline"), "{path}");
        assert!(answer.headers.get("server").is_none());
        assert!(answer.headers.get("access-control-allow-origin").is_none());
    }
}

#[tokio::test]
async fn only_our_own_pages_may_change_anything() {
    let world = World::new().await;
    // Sec-Fetch-Site, Origin, and whether the request is accepted.
    let matrix: [(Option<&str>, Option<&str>, bool); 7] = [
        (Some("same-origin"), None, true),
        (Some("none"), None, true),
        (Some("cross-site"), None, false),
        (Some("same-site"), Some("http://localhost"), false),
        (None, Some("http://localhost"), true),
        (None, Some("http://evil.example"), false),
        (None, None, false),
    ];
    for (site, origin, passes) in matrix {
        let mut request = Request::builder()
            .method("POST")
            .uri("/api/session")
            .header("host", "localhost")
            .header("content-type", "application/json");
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        let body = json!({ "username": "x", "password": "y" }).to_string();
        let answer = world.anon().send(request.body(Body::from(body)).expect("a request")).await;
        let expected = if passes { StatusCode::UNAUTHORIZED } else { StatusCode::FORBIDDEN };
        assert_eq!(answer.status, expected, "{site:?} {origin:?}");
    }
}

#[tokio::test]
async fn cookies_are_bound_to_the_host_and_hidden_from_scripts() {
    let world = World::new().await;
    let body = json!({ "username": "analyst", "password": seed::DEMO_PASSWORD });
    let answer = world.anon().post_with("/api/session", &body, &[("pratikar-app", "staff")]).await;
    let cookie = answer.headers["set-cookie"].to_str().expect("text");
    assert!(cookie.starts_with("__Host-staff="), "{cookie}");
    for part in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
    let token = cookie.split(['=', ';']).nth(1).expect("a token");
    assert_eq!(token.len(), 64, "256 bits");
}

#[tokio::test]
async fn the_openapi_document_describes_what_is_mounted() {
    let world = World::new().await;
    let document = world.anon().get("/api/openapi.json").await.json;
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().expect("paths");
    // Each operation says where it leads and what it answers.
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().expect("operations") {
            let statuses: Vec<&String> = operation["responses"].as_object().expect("responses").keys().collect();
            assert!(statuses.iter().all(|status| status.parse::<u16>().is_ok()), "{method} {path}: {statuses:?}");
        }
    }
    for path in
        ["/api/similar", "/api/me", "/api/ledger", "/api/health", "/api/photos/{id}", "/api/uploads/{id}", "/api/sms"]
    {
        assert!(paths.contains_key(path), "{path}");
    }
    assert!(document["paths"]["/api/grievances/{reference}/actions"]["post"]["requestBody"].is_object());
    assert!(document["components"]["schemas"]["Action"].is_object());
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().expect("a name");
        assert!(document["components"]["schemas"].get(name).is_some(), "{name} is named and not there");
    }
}
