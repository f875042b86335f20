//! The life of a grievance: its stages, what can be done to it, what has happened to it.
//!
//! ```text
//! Action ──decide──▶ Event … ──apply──▶ Case
//! ```
//! [`decide`] is the only place that says what may happen, [`Case::apply`] the only one that says what follows from it.
//! The server appends the events that `decide` returns; the browser is sent what [`open_actions`] allows its reader.

mod action;
mod appeal;
mod case;
mod deadline;
mod decide;
mod event;

pub use crate::atr::ContactMeans;
pub use action::{Action, ActionKind, CallOutcome, Ground, Position, Side, VisitFinding};
pub use appeal::{Appeal, HEARING_DAYS, HEARING_HOURS, HEARING_NOTICE_HOURS, Hearing, HearingMeans, Order};
pub use case::{Case, Channel, Emergency, Gender, Holder, NumberChange, Offer, Party, Stage, Turn};
pub use deadline::Escalation;
pub use decide::{
    Anywhere, CALL_LATER_DAYS, Details, Lodged, NUMBER_SHOWN_HOURS, Places, Refusal, Rung, Setting, change_number,
    decide, due_action, lodge, may, open_actions, part,
};
pub use event::{By, Event, EventBody, EventKind, Origin, Statement};

#[cfg(test)]
mod tests;
