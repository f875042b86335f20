//! The telephones of those who take grievances: who rings, who was not answered, and ringing them back.

use super::{CallState, Endpoint, Method};
use crate::duty::{Duty, Needs};
use crate::{Reference, Time};
use serde::{Deserialize, Serialize};

endpoint!(
    /// The call on one's own telephone, from the first ring on; `None` where there is none.
    GetLine {} Get "/api/line", Needs::Duty(Duty::TakeIntake), () => Option<LineCall>
);

/// A call with somebody who rang us, or whom we ring back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LineCall {
    /// Its id.
    pub id: String,
    /// The other's number, ten digits; `None` where it is hidden or no mobile number.
    pub mobile: Option<String>,
    /// Whether we ring them back.
    pub back: bool,
    /// How far it is.
    pub state: CallState,
    /// When it began.
    pub begun: Time,
}

endpoint!(
    /// Ends the call on one's own telephone.
    EndLine {} Post "/api/line/end", Needs::Duty(Duty::TakeIntake), () => ()
);

endpoint!(
    /// Says which grievance a call on one's own telephone was about: the one taken during it, or an earlier one.
    TieCall {
        /// Id of the call.
        id: String,
    } Post "/api/line/calls/{id}", Needs::Duty(Duty::TakeIntake), CallAbout => (),
    path = |call| format!("/api/line/calls/{}", call.id)
);

/// Body of [`TieCall`].
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallAbout {
    /// Number of the grievance.
    pub reference: Reference,
}

endpoint!(
    /// The day of whoever takes calls: their own, and those that nobody has answered.
    GetLineDay {} Get "/api/line/day", Needs::Duty(Duty::TakeIntake), () => LineDay
);

/// Answer of [`GetLineDay`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LineDay {
    /// Calls of today, in India, in which one spoke with somebody.
    pub answered: u32,
    /// Those of them that were about a grievance.
    pub about: u32,
    /// Who rang within two days and was not spoken with since; those who have waited longest first, at most 50.
    pub missed: Vec<MissedCall>,
}

/// A number that nobody has answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MissedCall {
    /// Id of one of its calls, by which it is rung back.
    pub id: String,
    /// The end of the number; the whole is shown to who rings it.
    pub ends: String,
    /// How often it rang.
    pub times: u32,
    /// When it rang last.
    pub latest: Time,
    /// How often it was rung back in vain.
    pub tries: u32,
}

endpoint!(
    /// Rings back a number that nobody has answered; recorded, and for ten minutes nobody else's. The call is then on one's own
    /// telephone, see [`GetLine`].
    RingBack {
        /// Id of the missed call.
        id: String,
    } Post "/api/line/missed/{id}", Needs::Duty(Duty::TakeIntake), () => LineCall,
    path = |call| format!("/api/line/missed/{}", call.id)
);
