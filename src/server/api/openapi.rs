//! The OpenAPI document for outsiders, generated from the endpoints' own types.

use axum::Json;
use model::api::{self, Endpoint, Method, Problem};
use schemars::JsonSchema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};

/// OpenAPI 3.1 of every endpoint.
pub async fn document() -> Json<Value> {
    Json(make())
}

struct Document {
    schemas: SchemaGenerator,
    paths: Map<String, Value>,
}

impl Document {
    fn add<E>(mut self, summary: &str) -> Self
    where
        E: Endpoint,
        E::Request: JsonSchema,
        E::Response: JsonSchema,
    {
        let method = match E::METHOD {
            Method::Get => "get",
            Method::Post => "post",
            Method::Delete => "delete",
        };
        let mut parameters: Vec<Value> = E::PATTERN
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
            .collect();
        if E::CREATES {
            let key = json!({ "type": "string", "minLength": 8, "maxLength": 64, "pattern": "^[A-Za-z0-9-]+$" });
            parameters.push(json!({ "name": "Idempotency-Key", "in": "header", "required": true, "schema": key }));
        }
        let response = self.schemas.subschema_for::<E::Response>();
        let problem = self.schemas.subschema_for::<Problem>();
        let mut operation = json!({
            "summary": summary,
            "parameters": parameters,
            "responses": {
                "2XX": { "description": "Done", "content": { "application/json": { "schema": response } } },
                "default": { "description": "Not done", "content": { "application/problem+json": { "schema": problem } } },
            },
        });
        if E::METHOD == Method::Post {
            let request = self.schemas.subschema_for::<E::Request>();
            let body = json!({ "content": { "application/json": { "schema": request } } });
            if let Some(operation) = operation.as_object_mut() {
                operation.insert("requestBody".into(), body);
            }
        }
        let path = self.paths.entry(E::PATTERN).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(method.into(), operation);
        }
        self
    }
}

fn make() -> Value {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = "/components/schemas".into());
    let document = Document { schemas: settings.into_generator(), paths: Map::new() }
        .add::<api::SendCode>("Send a one-time code")
        .add::<api::ExchangeCode>("Exchange a code for a session")
        .add::<api::WhoAmI>("Who am I?")
        .add::<api::SignIn>("Staff sign-in")
        .add::<api::SignOut>("Sign out")
        .add::<api::ChangeNumber>("Move the signed-in citizen's grievances to another number")
        .add::<api::RequestNumberChange>("Ask at a counter for another number of a case")
        .add::<api::Lodge>("Lodge a grievance")
        .add::<api::MyGrievances>("The signed-in citizen's grievances")
        .add::<api::GetCase>("One case, shaped by role")
        .add::<api::Act>("Act on a case; wants If-Match")
        .add::<api::Reveal>("Show the citizen's number, on record")
        .add::<api::AccessLog>("Who has read a case")
        .add::<api::GetQueue>("A worklist")
        .add::<api::NextCall>("The next verification call")
        .add::<api::Caller>("Earlier grievances from a number")
        .add::<api::Desks>("The load of every desk")
        .add::<api::Offices>("Offices of a department")
        .add::<api::GetCounts>("Figures of a slice")
        .add::<api::CasesBehind>("The cases behind a figure");
    let Document { mut schemas, paths } = document;
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Pratikar", "version": env!("CARGO_PKG_VERSION"), "license": { "name": "Apache-2.0" } },
        "paths": paths,
        "components": { "schemas": schemas.take_definitions(true) },
    })
}
