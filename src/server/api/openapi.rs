//! The OpenAPI document for outsiders. It grows with the router: a route is mounted and described in the same call, so
//! that neither can be missing.

use super::{call, guard};
use crate::failure::Failure;
use crate::state::Root;
use axum::Router;
use axum::routing::{MethodRouter, get};
use model::Role;
use model::duty::Needs;
use model::wire::{Endpoint, Method, Problem, ProblemCode};
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::future::Future;

/// What holds for all requests.
const ABOUT: &str = "A request that changes something must show that no other site's page has sent it: by the header \
                     Sec-Fetch-Site: same-origin, as browsers set it, or by an Origin whose host is that of the request. A \
                     program sends Origin. Sessions are cookies. A request that is sent once more with the same \
                     Idempotency-Key has no second effect.";

/// A router with its description.
pub struct Described {
    router: Router<Root>,
    schemas: SchemaGenerator,
    paths: Map<String, Value>,
}

/// What is said of a route that is no typed endpoint: method, summary, whom it is for, statuses of success and of problems,
/// media type of the answer, and the headers and body that it takes. What it needs is for the handler to see to.
pub struct Raw {
    /// HTTP method, in lower case.
    pub method: &'static str,
    /// Summary in a few words.
    pub summary: &'static str,
    /// What is required of the caller.
    pub needs: Needs,
    /// Statuses: success first, then problems.
    pub statuses: &'static [u16],
    /// Media type of the answer; empty where it has no body.
    pub media: &'static str,
    /// Media type of the request; empty where it has no body.
    pub body: &'static str,
    /// Headers that it reads.
    pub headers: &'static [&'static str],
}

impl Described {
    /// An empty router.
    pub fn new() -> Self {
        let settings =
            SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = "/components/schemas".into());
        Self { router: Router::new(), schemas: settings.into_generator(), paths: Map::new() }
    }

    /// Mounts a typed endpoint; `success` is its status where all goes well. What it does is told by
    /// the comment of its type.
    pub fn mount<E, F, Fut>(mut self, success: u16, handler: F) -> Self
    where
        E: Endpoint + JsonSchema,
        E::Request: JsonSchema,
        E::Response: JsonSchema,
        F: Fn(call::Call<E>) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<call::Reply<E::Response>, Failure>> + Send + 'static,
    {
        let method = match E::METHOD {
            Method::Get => "get",
            Method::Post => "post",
            Method::Delete => "delete",
        };
        let schema = E::json_schema(&mut self.schemas);
        let mut parameters = parameters::<E>(&schema);
        if E::CREATES {
            let key = json!({ "type": "string", "minLength": 8, "maxLength": 64, "pattern": "^[A-Za-z0-9-]+$" });
            parameters.push(json!({ "name": "Idempotency-Key", "in": "header", "required": true, "schema": key }));
        }
        if E::CREATES && E::PATTERN.contains('{') {
            let schema = json!({ "type": "string", "pattern": "^\"[0-9]+\"$" });
            parameters.push(json!({ "name": "If-Match", "in": "header", "required": false, "schema": schema }));
        }
        let app = json!({ "type": "string", "enum": ["staff"] });
        parameters.push(json!({ "name": "pratikar-app", "in": "header", "required": false, "schema": app }));
        let response = self.schemas.subschema_for::<E::Response>();
        let mut operation = json!({ "summary": schema.get("description"), "parameters": parameters });
        admits(&mut operation, E::NEEDS);
        let done = json!({ "description": "Done", "content": { "application/json": { "schema": response } } });
        let mut responses = Map::from_iter([(success.to_string(), done)]);
        for status in problems::<E>() {
            responses.insert(status.to_string(), self.problem(status));
        }
        if let Some(operation) = operation.as_object_mut() {
            operation.insert("responses".into(), responses.into());
            if E::METHOD == Method::Post {
                let request = self.schemas.subschema_for::<E::Request>();
                let body = json!({ "required": true, "content": { "application/json": { "schema": request } } });
                operation.insert("requestBody".into(), body);
            }
        }
        self.add(E::PATTERN, method, operation);
        self.router = call::mount::<E, F, Fut>(self.router, handler);
        self
    }

    /// Mounts a route that is not a typed endpoint.
    pub fn route(mut self, path: &str, route: MethodRouter<Root>, said: &[Raw]) -> Self {
        for raw in said {
            let mut parameters = in_path(path);
            for header in raw.headers {
                let schema = json!({ "type": "string" });
                parameters.push(json!({ "name": header, "in": "header", "required": false, "schema": schema }));
            }
            let mut responses = Map::new();
            for (index, status) in raw.statuses.iter().enumerate() {
                let said = match (index, raw.media) {
                    (0, "") => json!({ "description": "Done" }),
                    (0, media) => json!({ "description": "Done", "content": { media: {} } }),
                    _ => self.problem(*status),
                };
                responses.insert(status.to_string(), said);
            }
            let mut operation = json!({ "summary": raw.summary, "parameters": parameters, "responses": responses });
            admits(&mut operation, raw.needs);
            if let Some(operation) = operation.as_object_mut().filter(|_| !raw.body.is_empty()) {
                operation.insert("requestBody".into(), json!({ "content": { raw.body: {} } }));
            }
            self.add(path, raw.method, operation);
        }
        self.router = self.router.route(path, route);
        self
    }

    fn problem(&mut self, status: u16) -> Value {
        let problem = self.schemas.subschema_for::<Problem>();
        let titles: Vec<&str> =
            ProblemCode::ALL.iter().filter(|code| code.status() == status).map(|code| code.title()).collect();
        json!({ "description": titles.join(" "), "content": { "application/problem+json": { "schema": problem } } })
    }

    fn add(&mut self, path: &str, method: &str, operation: Value) {
        let known = self.paths.entry(path).or_insert_with(|| json!({}));
        if let Some(known) = known.as_object_mut() {
            known.insert(method.into(), operation);
        }
    }

    /// The router, with the document under `/api/openapi.json`.
    pub fn finish(mut self) -> Router<Root> {
        let own = json!({
            "summary": "This document",
            "responses": { "200": { "description": "Done", "content": { "application/json": {} } } },
        });
        self.add("/api/openapi.json", "get", own);
        let document = json!({
            "openapi": "3.1.0",
            "info": {
                "title": "Pratikar",
                "version": env!("CARGO_PKG_VERSION"),
                "license": { "name": "Apache-2.0" },
                "description": ABOUT,
            },
            "paths": self.paths,
            "components": { "schemas": self.schemas.take_definitions(true), "securitySchemes": {
                "citizen": { "type": "apiKey", "in": "cookie", "name": guard::Client::Citizen.cookie() },
                "staff": { "type": "apiKey", "in": "cookie", "name": guard::Client::Staff.cookie() },
            } },
        });
        let text = bytes::Bytes::from(document.to_string());
        let answer = async move || ([(axum::http::header::CONTENT_TYPE, "application/json")], text.clone());
        self.router.route("/api/openapi.json", get(answer))
    }
}

/// Says in an operation by which cookies it lets somebody in, and with which roles. The tests try every role at every
/// operation against this.
fn admits(operation: &mut Value, needs: Needs) {
    let roles: Vec<Role> = Role::ALL.into_iter().filter(|role| needs.met_by_role(*role)).collect();
    let mut cookies = Vec::new();
    if needs == Needs::Nothing {
        cookies.push(json!({}));
    }
    if roles.contains(&Role::Citizen) {
        cookies.push(json!({ "citizen": [] }));
    }
    if roles.iter().any(|role| *role != Role::Citizen) {
        cookies.push(json!({ "staff": [] }));
    }
    operation["security"] = cookies.into();
    if needs != Needs::Nothing {
        operation["x-roles"] = json!(roles);
    }
}

/// The parameters of an endpoint: in the path those that its pattern names, in the query all others.
fn parameters<E: Endpoint>(schema: &Schema) -> Vec<Value> {
    let required: Vec<&Value> = schema.get("required").and_then(Value::as_array).into_iter().flatten().collect();
    let fields = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    fields
        .map(|(name, schema)| {
            let place = if E::PATTERN.contains(&format!("{{{name}}}")) { "path" } else { "query" };
            let required = required.iter().any(|required| *required == name);
            json!({ "name": name, "in": place, "required": required, "schema": schema })
        })
        .collect()
}

/// The parameters that a pattern names in braces.
fn in_path(pattern: &str) -> Vec<Value> {
    let names = pattern.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })).collect()
}

/// Statuses of the problems that an endpoint can answer.
fn problems<E: Endpoint>() -> BTreeSet<u16> {
    // Any request can have a bad query or header, come too often, meet an overloaded store, or be of a page drawn for
    // somebody else.
    let mut statuses = BTreeSet::from([400, 409, 429, 503]);
    if E::METHOD != Method::Get {
        // From another site, too slow, too large, of another type, or with wrong content.
        statuses.extend([403, 408, 413, 415, 422]);
    }
    if E::NEEDS != Needs::Nothing {
        statuses.extend([401, 403]);
    }
    if E::PATTERN.contains('{') {
        statuses.insert(404);
    }
    if E::PATTERN.contains("codes") || E::PATTERN.contains("number") {
        statuses.insert(410);
    }
    if E::PATTERN == "/api/session" {
        statuses.insert(401);
    }
    if E::CREATES && E::PATTERN.contains('{') {
        statuses.extend([412, 428]);
    }
    statuses
}
