//! The API: the whole route table on one screen.
//!
//! A handler takes a request that [`call::mount`] has read, calls a use case of [`crate::app`], and answers.

mod admin;
mod attachment;
mod audit;
pub mod call;
mod counts;
pub mod device;
pub mod duplicate;
mod grievance;
pub mod guard;
mod line;
mod live;
mod me;
pub mod number;
mod openapi;
mod phone;
pub mod problem;
mod proof;
mod quality;
mod queue;
mod reference;
mod search;
pub mod session;
pub mod sms;

use crate::state::Root;
use axum::Router;
use axum::routing::{get, head, post};
use model::duty::{Duty, Needs};
use model::wire;
use openapi::{Described, Raw};
use problem::Failure;

/// All routes under `/api`, each with its description for the OpenAPI document.
pub fn router() -> Router<Root> {
    let described = Described::new()
        .mount::<wire::SendCode, _, _>(201, session::send_code)
        .mount::<wire::ExchangeCode, _, _>(201, session::exchange_code)
        .mount::<wire::WhoAmI, _, _>(200, session::who_am_i)
        .mount::<wire::SignIn, _, _>(201, session::sign_in)
        .mount::<wire::SignOut, _, _>(200, session::sign_out)
        .mount::<wire::ChangeNumber, _, _>(201, number::change)
        .mount::<wire::RequestNumberChange, _, _>(200, number::request)
        .mount::<wire::Lodge, _, _>(201, grievance::lodge)
        .mount::<wire::MyGrievances, _, _>(200, grievance::mine)
        .mount::<wire::GetCase, _, _>(200, grievance::one)
        .mount::<wire::Act, _, _>(200, grievance::act)
        .mount::<wire::PreviewAction, _, _>(200, grievance::preview)
        .mount::<wire::LeaseCase, _, _>(200, queue::lease)
        .mount::<wire::Reveal, _, _>(200, grievance::reveal)
        .mount::<wire::AccessLog, _, _>(200, grievance::access)
        .mount::<wire::Positions, _, _>(200, reference::positions)
        .mount::<wire::SuggestCategory, _, _>(200, duplicate::suggest)
        .mount::<wire::FindDuplicates, _, _>(200, duplicate::find)
        .mount::<wire::GetAlike, _, _>(200, duplicate::of_case)
        .mount::<wire::MyData, _, _>(200, me::data)
        .mount::<wire::GetProof, _, _>(200, proof::of_case)
        .mount::<wire::GetHeads, _, _>(200, proof::published)
        .mount::<wire::GetQueue, _, _>(200, queue::page)
        .mount::<wire::GetHearings, _, _>(200, queue::hearings)
        .mount::<wire::TakeAlong, _, _>(200, queue::take_along)
        .mount::<wire::NextCall, _, _>(200, phone::next)
        .mount::<wire::RingCitizen, _, _>(200, phone::ring)
        .mount::<wire::GetPhoneCall, _, _>(200, phone::one)
        .mount::<wire::HangUp, _, _>(200, phone::hang_up)
        .mount::<wire::GetOwnCalls, _, _>(200, phone::own)
        .mount::<wire::NextScore, _, _>(200, quality::next)
        .mount::<wire::GetTeam, _, _>(200, quality::team)
        .mount::<wire::CallsOfSeat, _, _>(200, quality::calls_of)
        .mount::<wire::ChooseCall, _, _>(200, quality::choose)
        .mount::<wire::PlayCall, _, _>(200, quality::play)
        .mount::<wire::ScoreCall, _, _>(200, quality::score)
        .mount::<wire::GetQuality, _, _>(200, quality::day)
        .mount::<wire::DecideDispute, _, _>(200, quality::decide)
        .mount::<wire::GetOwnScores, _, _>(200, quality::own)
        .mount::<wire::DisputeScore, _, _>(200, quality::dispute)
        .mount::<wire::GetCorrections, _, _>(200, quality::corrections)
        .mount::<wire::CorrectRecord, _, _>(200, quality::correct)
        .mount::<wire::GetLine, _, _>(200, line::line)
        .mount::<wire::EndLine, _, _>(200, line::end)
        .mount::<wire::TieCall, _, _>(200, line::tie)
        .mount::<wire::GetLineDay, _, _>(200, line::day)
        .mount::<wire::RingBack, _, _>(200, line::ring_back)
        .mount::<wire::Caller, _, _>(200, queue::caller)
        .mount::<wire::Desks, _, _>(200, queue::desks)
        .mount::<wire::CallDesks, _, _>(200, quality::desks)
        .mount::<wire::GetHealth, _, _>(200, queue::health)
        .mount::<wire::Search, _, _>(200, search::page)
        .mount::<wire::Export, _, _>(200, search::export)
        .mount::<wire::GetViews, _, _>(200, search::views)
        .mount::<wire::SaveView, _, _>(200, search::save_view)
        .mount::<wire::Offices, _, _>(200, reference::offices)
        .mount::<wire::Grounds, _, _>(200, reference::grounds)
        .mount::<wire::GetCounts, _, _>(200, counts::counts)
        .mount::<wire::CasesBehind, _, _>(200, counts::cases)
        .mount::<wire::CompareOffices, _, _>(200, counts::offices);
    administered(files(described))
        .route("/api/sms", post(sms::inbound), &[SMS])
        .route("/api/exchange", post(phone::told), &[EXCHANGE])
        .route("/api/reference", get(reference::tables), &[REFERENCE])
        .route(wire::LIVE, get(live::stream), &[LIVE])
        .finish()
        .route("/api/{*rest}", axum::routing::any(async || Failure::of(model::wire::ProblemCode::NotFound)))
        .method_not_allowed_fallback(async || Failure::of(model::wire::ProblemCode::WrongMethod))
}

/// Routes for what people administer, and for those who audit it.
fn administered(described: Described) -> Described {
    described
        .mount::<wire::ListReadings, _, _>(200, audit::readings)
        .mount::<wire::GetLedgerCheck, _, _>(200, audit::ledger_check)
        .mount::<wire::CheckLedger, _, _>(200, audit::check_ledger)
        .mount::<wire::GetSettings, _, _>(200, admin::settings)
        .mount::<wire::SettingHistory, _, _>(200, admin::history)
        .mount::<wire::UndoChange, _, _>(201, admin::undo)
        .mount::<wire::GetTable, _, _>(200, admin::table)
        .mount::<wire::ChangeTable, _, _>(201, admin::change)
        .mount::<wire::TryChange, _, _>(200, admin::try_change)
        .mount::<wire::ChangeOffice, _, _>(201, admin::change_office)
        .mount::<wire::Accounts, _, _>(200, admin::accounts)
        .mount::<wire::AddAccount, _, _>(201, admin::add_account)
        .mount::<wire::Roster, _, _>(200, admin::roster)
        .mount::<wire::SetAbsence, _, _>(200, admin::set_absence)
        .mount::<wire::DisableAccount, _, _>(200, admin::disable_account)
        .mount::<wire::ChangeAccountRole, _, _>(200, admin::change_role)
        .mount::<wire::SetAccountPassword, _, _>(200, admin::set_password)
}

/// Routes for attachments.
fn files(described: Described) -> Described {
    let octets = "application/octet-stream";
    let upload = Raw {
        method: "post",
        summary: "Open an upload that can be resumed (tus 1.0), or send a whole photo",
        needs: Needs::Nothing,
        statuses: &[201, 400, 403, 408, 409, 413, 415, 429, 503],
        media: "application/json",
        body: octets,
        headers: &["Upload-Length", "Upload-Metadata"],
    };
    let offset = Raw {
        method: "head",
        summary: "How far an upload has come",
        needs: Needs::Nothing,
        statuses: &[200, 404, 503],
        media: "",
        body: "",
        headers: &[],
    };
    let append = Raw {
        method: "patch",
        summary: "The next bytes of an upload",
        needs: Needs::Nothing,
        statuses: &[204, 403, 404, 408, 409, 413, 415, 503],
        media: "",
        body: "application/offset+octet-stream",
        headers: &["Upload-Offset"],
    };
    let shown = |summary, media| Raw {
        method: "get",
        summary,
        needs: Needs::Nothing,
        statuses: &[200, 404, 429, 503],
        media,
        body: "",
        headers: &[],
    };
    let played = Raw { statuses: &[200, 206, 404, 416, 429, 503], ..shown("A spoken note", "audio/*") };
    described
        .route(wire::UPLOADS, post(attachment::upload), &[upload])
        .route("/api/uploads/{id}", head(attachment::offset).patch(attachment::append), &[offset, append])
        .route("/api/photos/{id}", get(attachment::photo), &[shown("A photo", "image/jpeg")])
        .route(
            "/api/recordings/{id}",
            get(quality::recording),
            &[Raw {
                needs: Needs::Duty(model::Duty::ScoreCalls),
                statuses: &[200, 206, 401, 403, 404, 416, 503],
                ..shown("The recording of a call", "audio/*")
            }],
        )
        .route("/api/voices/{id}", get(attachment::voice), &[played])
}

const SMS: Raw = Raw {
    method: "post",
    summary: "What the gateway hands over: a message that a citizen has sent",
    needs: Needs::Nothing,
    statuses: &[204, 400, 403, 408, 413, 503],
    media: "",
    body: "application/json",
    headers: &["Authorization"],
};
const EXCHANGE: Raw = Raw {
    method: "post",
    summary: "What the telephone exchange tells of a call",
    needs: Needs::Nothing,
    statuses: &[204, 400, 403, 408, 413, 503],
    media: "",
    body: "application/json",
    headers: &["Pratikar-Signature"],
};
const REFERENCE: Raw = Raw {
    method: "get",
    summary: "Departments, categories, places and what else is known to everybody",
    needs: Needs::Nothing,
    statuses: &[200, 304],
    media: "application/json",
    body: "",
    headers: &["If-None-Match"],
};
const LIVE: Raw = Raw {
    method: "get",
    summary: "The stream of figures",
    needs: Needs::Duty(Duty::WatchFigures),
    statuses: &[200, 401, 403, 503],
    media: "text/event-stream",
    body: "",
    headers: &["Last-Event-ID"],
};
