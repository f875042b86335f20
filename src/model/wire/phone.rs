//! Telephone calls: whom to call next, ringing them, and what the exchange hears of it.

use super::{CaseView, Endpoint, Method};
use crate::duty::{Duty, Needs};
use crate::names::vocabulary;
use crate::{Language, Reference, Time};
use serde::{Deserialize, Serialize};

endpoint!(
    /// The next case for a verification call, which nobody else is given for ten minutes; `None` where nobody can be called
    /// now.
    NextCall {} Post "/api/calls/next", Needs::Duty(Duty::CallToVerify), () => Option<CallToMake>
);

/// Answer of [`NextCall`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallToMake {
    /// The case, with the report about which the citizen is asked.
    pub case: CaseView,
    /// What to say, in [`Self::language`].
    pub script: Vec<String>,
    /// The language in which the citizen wrote, as far as there is a script in it.
    pub language: Language,
    /// Days on which it was tried in vain.
    pub tries: u8,
    /// The caller's call about it that has no outcome yet; `None` where there is none.
    #[serde(default)]
    pub call: Option<PhoneCall>,
}

endpoint!(
    /// Rings the citizen of a case that was handed out by [`NextCall`], and shows the number; recorded. Without an exchange
    /// the caller dials.
    RingCitizen {
        /// Number of the case.
        reference: Reference,
    } Post "/api/grievances/{reference}/call", Needs::Duty(Duty::CallToVerify), () => Ringing,
    path = |call| format!("/api/grievances/{}/call", call.reference)
);

/// Answer of [`RingCitizen`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ringing {
    /// The citizen's whole number, ten digits.
    pub mobile: String,
    /// The call.
    pub call: PhoneCall,
}

vocabulary! {
    /// How far a telephone call is.
    CallState {
        /// No exchange is connected: nothing is known of it.
        ByHand,
        /// The exchange has been asked for it.
        Dialling,
        /// It rings at the citizen's.
        Ringing,
        /// They speak.
        Speaking,
        /// It rang, and nobody answered.
        Unanswered,
        /// It did not ring.
        Failed,
        /// They have spoken.
        Ended,
    }
}

impl CallState {
    /// Whether nothing more will be heard of it.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::ByHand | Self::Unanswered | Self::Failed | Self::Ended)
    }
}

/// A telephone call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PhoneCall {
    /// Its id, which the outcome names.
    pub id: String,
    /// How far it is.
    pub state: CallState,
    /// When they began to speak; `None` where they have not.
    pub answered: Option<Time>,
    /// For how many seconds they spoke; `None` until that is over.
    pub seconds: Option<u32>,
}

endpoint!(
    /// How far a call is that the caller has begun.
    GetPhoneCall {
        /// Its id.
        id: String,
    } Get "/api/calls/{id}", Needs::Duty(Duty::CallToVerify), () => PhoneCall,
    path = |call| format!("/api/calls/{}", call.id)
);

endpoint!(
    /// Ends a call that the caller has begun.
    HangUp {
        /// Its id.
        id: String,
    } Post "/api/calls/{id}/end", Needs::Duty(Duty::CallToVerify), () => PhoneCall,
    path = |call| format!("/api/calls/{}/end", call.id)
);

endpoint!(
    /// The caller's own work of today.
    GetOwnCalls {} Get "/api/calls", Needs::Duty(Duty::CallToVerify), () => OwnCalls
);

/// Answer of [`GetOwnCalls`]: calls of today, in India, whose outcome was recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OwnCalls {
    /// All of them.
    pub calls: u32,
    /// The citizen said that it is done, or agreed.
    pub yes: u32,
    /// The citizen said that it is not, or did not agree.
    pub no: u32,
    /// It rang, and nobody answered.
    pub unanswered: u32,
}
