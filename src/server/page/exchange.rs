//! The demo's telephones: who is being called by the stand-in for the exchange. Exists only with the demo flag.

use crate::exchange::{Habit, Happened, LocalCall};
use crate::failure::Failure;
use crate::state::App;
use axum::extract::{Form, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{DOCTYPE, Markup, html};
use model::wire::ProblemCode;

/// What somebody does on the page.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(untagged)]
pub enum Done {
    /// Chooses what citizens do when it rings.
    Habit {
        /// From the next call on.
        habit: Habit,
    },
    /// Does something to a call, as its citizen or the network.
    Call {
        /// Its id.
        call: String,
        /// What happens.
        event: Happened,
    },
}

/// Changes what the stand-in does.
pub async fn change(State(app): State<App>, Form(done): Form<Done>) -> Result<Response, Failure> {
    let exchange = app.config.exchange.as_ref().and_then(|exchange| exchange.local());
    let exchange = exchange.ok_or_else(|| Failure::of(ProblemCode::NotFound))?;
    match done {
        Done::Habit { habit } => exchange.set_habit(habit),
        Done::Call { call, event } => exchange.happens(&call, event),
    }
    Ok(Redirect::to("/dev/exchange").into_response())
}

/// The newest calls.
pub async fn page(State(app): State<App>) -> Result<Response, Failure> {
    let exchange = app.config.exchange.as_ref().and_then(|exchange| exchange.local());
    let exchange = exchange.ok_or_else(|| Failure::of(ProblemCode::NotFound))?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ];
    Ok((headers, document(exchange.habit(), &exchange.calls()).into_string()).into_response())
}

fn document(habit: Habit, calls: &[LocalCall]) -> Markup {
    let title = "Telephones that would ring";
    let habits = [
        (Habit::Answer, "answer", "answer after two seconds"),
        (Habit::LetRing, "let_ring", "let it ring"),
        (Habit::Off, "off", "have switched it off"),
    ];
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="stylesheet" href="/plain.css";
            }
            body {
                main class="page wide" {
                    h1 { (title) }
                    p { "Newest first; reload to see more. This page exists only with the demo flag." }
                    form method="post" class="row" {
                        fieldset {
                            legend { "When it rings, citizens" }
                            @for (value, code, words) in habits {
                                label class="radio" {
                                    input type="radio" name="habit" value=(code) checked[value == habit];
                                    " " (words)
                                }
                            }
                        }
                        button class="button" { "From now on" }
                    }
                    h2 { "Calls" }
                    div class="scroll" tabindex="0" role="region" aria-label="Calls" {
                        table {
                            thead { tr { @for head in ["To", "Caller", "State", ""] { th scope="col" { (head) } } } }
                            tbody { @for call in calls { (row(call)) } }
                        }
                    }
                }
            }
        }
    }
}

fn row(call: &LocalCall) -> Markup {
    let (state, events): (_, &[_]) = match call.last {
        None => ("connecting", &[]),
        Some(Happened::Ringing) => ("ringing", &[("answered", "Answer"), ("ended", "Stop ringing")]),
        Some(Happened::Answered) => ("speaking", &[("ended", "Hang up")]),
        Some(Happened::Ended) => ("ended", &[]),
        Some(Happened::Failed) => ("not connected", &[]),
    };
    html! {
        tr {
            td { (call.dial.to) }
            td { (call.dial.agent) }
            td { (state) }
            td {
                @for (event, words) in events {
                    form method="post" class="row" {
                        input type="hidden" name="call" value=(call.dial.call_id);
                        input type="hidden" name="event" value=(event);
                        button class="button second" { (words) }
                    }
                }
            }
        }
    }
}
