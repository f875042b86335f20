//! The demo's telephones: who is being called by the stand-in for the exchange. Exists only with the demo flag.

use super::dev;
use crate::exchange::{Habit, Happened, LocalCall, LocalExchange};
use crate::failure::Failure;
use crate::state::App;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use model::Mobile;
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
    /// Rings a telephone of ours.
    Ring {
        /// The citizen's number, as typed.
        from: String,
        /// The user name of whose telephone it is.
        to: String,
        /// Whether nobody sits there.
        #[serde(default)]
        away: Option<String>,
    },
    /// Does something to a call, as its citizen or the network.
    Call {
        /// Its id.
        call: String,
        /// What happens.
        event: Happened,
    },
}

fn local(app: &App) -> Result<&LocalExchange, Failure> {
    let exchange = app.config.exchange.as_ref().and_then(|exchange| exchange.local());
    exchange.ok_or_else(|| Failure::of(ProblemCode::NotFound))
}

/// Changes what the stand-in does.
pub async fn change(State(app): State<App>, Form(done): Form<Done>) -> Result<Response, Failure> {
    let exchange = local(&app)?;
    match done {
        Done::Habit { habit } => exchange.set_habit(habit),
        Done::Ring { from, to, away } => {
            let from = Mobile::parse(&from).map_err(|why| Failure::fields(vec![why.into()]))?;
            let account = app.store.account(to.trim()).await?.ok_or_else(|| Failure::of(ProblemCode::NotFound))?;
            let staff = account.actor.staff.ok_or_else(|| Failure::of(ProblemCode::NotFound))?;
            exchange.arrives(&from, staff, away.is_some()).map_err(|error| Failure::internal(&error))?;
        }
        Done::Call { call, event } => exchange.happens(&call, event),
    }
    Ok(Redirect::to("/dev/exchange").into_response())
}

/// The newest calls.
pub async fn page(State(app): State<App>) -> Result<Response, Failure> {
    let exchange = local(&app)?;
    Ok(dev::page("Telephones that would ring", &content(exchange.habit(), &exchange.calls())))
}

fn content(habit: Habit, calls: &[LocalCall]) -> Markup {
    let habits = [
        (Habit::Answer, "answer", "answer after two seconds"),
        (Habit::LetRing, "let_ring", "let it ring"),
        (Habit::Off, "off", "have switched it off"),
    ];
    let rows: Vec<Markup> = calls.iter().map(row).collect();
    html! {
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
        h2 { "Ring as a citizen would" }
        form method="post" class="row" {
            div class="field" {
                label for="from" { "From mobile number" }
                input id="from" name="from" inputmode="tel" required;
            }
            div class="field" {
                label for="to" { "To the telephone of (user name)" }
                input id="to" name="to" value="telecaller" autocapitalize="none" required;
            }
            label class="radio" {
                input type="checkbox" name="away" value="yes";
                " nobody is there to take it"
            }
            button class="button" { "Ring" }
        }
        h2 { "Calls" }
        (dev::table("Calls", &["Citizen", "Who rings", "Staff", "State", ""], &rows))
    }
}

fn row(call: &LocalCall) -> Markup {
    let (state, events): (_, &[_]) = match call.last {
        None => ("connecting", &[]),
        Some(Happened::Arriving) => ("ringing us", &[("answered", "Take it"), ("ended", "Stop ringing")]),
        Some(Happened::Ringing) => ("ringing", &[("answered", "Answer"), ("ended", "Stop ringing")]),
        Some(Happened::Answered) => ("speaking", &[("ended", "Hang up")]),
        Some(Happened::Ended) => ("ended", &[]),
        Some(Happened::Failed) => ("not connected", &[]),
    };
    html! {
        tr {
            td { (call.dial.to) }
            td { @if call.arrives { "the citizen" } @else { "we" } }
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
