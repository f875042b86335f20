//! The security log: who tried what, without numbers, names, codes or tokens.
//!
//! One line for an event, under the target `security`, at most one a second of each kind and role, so that a flood does
//! not fill the disk; the line says how many were left out. Operators send these lines elsewhere by the target. One
//! layer around all routes writes them, from what the answer carries along, so that handlers cannot forget it.

use crate::seldom::Seldom;
use axum::http::{Method, StatusCode};
use model::names::code_of;
use model::wire::{
    AddAccount, ChangeAccountRole, ChangeNumber, ChangeOffice, ChangeTable, DisableAccount, Endpoint, ExchangeCode,
    ProblemCode, RequestNumberChange, Reveal, SetAbsence, SetAccountPassword, SignIn, SignOut, UndoChange,
};
use model::{Role, StaffId};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// An event of the security log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// Somebody has signed in.
    SignedIn,
    /// A wrong password.
    WrongPassword,
    /// A wrong one-time code.
    WrongCode,
    /// Signed out.
    SignedOut,
    /// A link that opens nothing: expired or forged.
    BadLink,
    /// A link has opened its case.
    LinkOpened,
    /// Something that the role may not do or see.
    Refused,
    /// A limit was reached.
    Limited,
    /// A request from another site.
    CrossSite,
    /// A request of a page that was drawn for somebody else.
    OtherPerson,
    /// A number was shown whole.
    Revealed,
    /// An account was added or changed.
    AccountChanged,
    /// An administered table was changed.
    SettingChanged,
    /// A number was changed or disowned.
    NumberChanged,
    /// The gateway did not prove itself.
    BadGateway,
}

impl Event {
    fn name(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::WrongPassword => "wrong_password",
            Self::WrongCode => "wrong_code",
            Self::SignedOut => "signed_out",
            Self::BadLink => "bad_link",
            Self::LinkOpened => "link_opened",
            Self::Refused => "refused",
            Self::Limited => "limited",
            Self::CrossSite => "cross_site",
            Self::OtherPerson => "other_person",
            Self::Revealed => "revealed",
            Self::AccountChanged => "account_changed",
            Self::SettingChanged => "setting_changed",
            Self::NumberChanged => "number_changed",
            Self::BadGateway => "bad_gateway",
        }
    }
}

/// The person an answer was for; passed to this log only.
#[derive(Debug, Clone, Copy)]
pub struct Who(pub Role, pub Option<StaffId>);

/// The event that an answer stands for; `None` for most.
#[must_use]
pub fn event_of(method: &Method, pattern: &str, status: StatusCode, code: Option<ProblemCode>) -> Option<Event> {
    if let Some(code) = code {
        return Some(match code {
            ProblemCode::WrongPassword => Event::WrongPassword,
            ProblemCode::WrongCode => Event::WrongCode,
            ProblemCode::NotPermitted if pattern == "/api/sms" => Event::BadGateway,
            ProblemCode::NotPermitted => Event::Refused,
            ProblemCode::TooMany | ProblemCode::WorkNeeded => Event::Limited,
            ProblemCode::CrossSite => Event::CrossSite,
            ProblemCode::OtherPerson => Event::OtherPerson,
            _ => return None,
        });
    }
    if pattern == "/l/{token}" {
        let opened = status.is_redirection();
        return Some(if opened { Event::LinkOpened } else { Event::BadLink });
    }
    let done = status.is_success() && *method != Method::GET;
    Some(match pattern {
        SignIn::PATTERN | SignOut::PATTERN if done && *method == Method::DELETE => Event::SignedOut,
        SignIn::PATTERN | ExchangeCode::PATTERN if done => Event::SignedIn,
        Reveal::PATTERN if done => Event::Revealed,
        AddAccount::PATTERN
        | DisableAccount::PATTERN
        | ChangeAccountRole::PATTERN
        | SetAccountPassword::PATTERN
        | SetAbsence::PATTERN
            if done =>
        {
            Event::AccountChanged
        }
        ChangeTable::PATTERN | UndoChange::PATTERN | ChangeOffice::PATTERN if done => Event::SettingChanged,
        ChangeNumber::PATTERN | RequestNumberChange::PATTERN if done => Event::NumberChanged,
        _ => return None,
    })
}

/// Time between two lines of one kind.
const EVERY: Duration = Duration::from_secs(1);

/// When each kind was last written, by event and role.
type Said = HashMap<(Event, Option<Role>), Seldom>;

static SAID: Mutex<Option<Said>> = Mutex::new(None);

/// Writes an event, with the role and account that it concerns and what it is about: a route's pattern, a case's
/// number, a kind of limit.
pub fn log(event: Event, who: Option<Who>, about: &str) {
    let (role, staff) = (who.map(|who| who.0), who.and_then(|who| who.1));
    let left_out = {
        let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
        let said = said.get_or_insert_with(HashMap::new);
        said.entry((event, role)).or_insert_with(|| Seldom::new(EVERY)).say()
    };
    let Some(left_out) = left_out else { return };
    let role = role.map(|role| code_of(&role)).unwrap_or_default();
    let (event, staff) = (event.name(), staff.map_or(0, StaffId::get));
    tracing::info!(target: "security", event, role, staff, about, left_out);
}
