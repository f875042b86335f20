//! The API: the whole route table on one screen.
//!
//! A handler is: extract (done by [`call::mount`]), parse into model types, decide, append, answer.

mod attachment;
pub mod call;
pub mod case_view;
mod counts;
pub mod device;
mod grievance;
pub mod guard;
pub mod like;
mod live;
mod me;
pub mod number;
mod openapi;
pub mod policy;
pub mod problem;
mod proof;
mod queue;
mod reference;
pub mod session;
pub mod sms;

pub use attachment::{Arriving, Turns, admit, sweep as sweep_attachments};
pub use grievance::{Sender, answer, linked, lodge_once, readable, readable_in_full};

use crate::app::App;
use axum::Router;
use axum::routing::{get, head, post};
use call::mount;
use model::api;
use problem::Failure;

/// Everything under `/api`.
pub fn router() -> Router<App> {
    let mut router = Router::new();
    router = mount::<api::SendCode, _, _>(router, session::send_code);
    router = mount::<api::ExchangeCode, _, _>(router, session::exchange_code);
    router = mount::<api::WhoAmI, _, _>(router, session::who_am_i);
    router = mount::<api::SignIn, _, _>(router, session::sign_in);
    router = mount::<api::SignOut, _, _>(router, session::sign_out);
    router = mount::<api::ChangeNumber, _, _>(router, number::change);
    router = mount::<api::RequestNumberChange, _, _>(router, number::request);
    router = mount::<api::Lodge, _, _>(router, grievance::lodge);
    router = mount::<api::MyGrievances, _, _>(router, grievance::mine);
    router = mount::<api::GetCase, _, _>(router, grievance::one);
    router = mount::<api::Act, _, _>(router, grievance::act);
    router = mount::<api::Reveal, _, _>(router, grievance::reveal);
    router = mount::<api::AccessLog, _, _>(router, grievance::access);
    router = mount::<api::FindLike, _, _>(router, like::find);
    router = mount::<api::MyData, _, _>(router, me::data);
    router = mount::<api::GetProof, _, _>(router, proof::of_case);
    router = mount::<api::GetHeads, _, _>(router, proof::published);
    router = mount::<api::GetQueue, _, _>(router, queue::page);
    router = mount::<api::NextCall, _, _>(router, queue::next_call);
    router = mount::<api::Caller, _, _>(router, queue::caller);
    router = mount::<api::Desks, _, _>(router, queue::desks);
    router = mount::<api::GetHealth, _, _>(router, queue::health);
    router = mount::<api::Offices, _, _>(router, reference::offices);
    router = mount::<api::GetCounts, _, _>(router, counts::counts);
    router = mount::<api::CasesBehind, _, _>(router, counts::cases);
    router
        .route("/api/sms", post(sms::inbound))
        .route("/api/reference", get(reference::tables))
        .route(api::LIVE, get(live::stream))
        .route(api::UPLOADS, post(attachment::upload))
        .route("/api/uploads/{id}", head(attachment::offset).patch(attachment::append))
        .route("/api/photos/{id}", get(attachment::photo))
        .route("/api/voices/{id}", get(attachment::voice))
        .route("/api/openapi.json", get(openapi::document))
        .route("/api/{*rest}", axum::routing::any(async || Failure::of(model::api::ProblemCode::NotFound)))
        .method_not_allowed_fallback(async || Failure::of(model::api::ProblemCode::WrongMethod))
}
