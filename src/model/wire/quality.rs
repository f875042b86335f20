//! Scoring calls: which call is heard next, its recording, marks, disputes, and how those who score agree.

use super::{CaseView, Endpoint, Method};
use crate::duty::{Duty, Needs};
use crate::lifecycle::CallOutcome;
use crate::names::vocabulary;
use crate::quality::{CallKind, Criterion, Marked};
use crate::{StaffId, Time};
use serde::{Deserialize, Serialize};

endpoint!(
    /// The next call to hear and score, drawn at random, which nobody else is given for half an hour; `None` where there is
    /// none. Now and then another has scored it before, whose marks are shown after one's own.
    NextScore {} Post "/api/quality/next", Needs::Duty(Duty::ScoreCalls), () => Option<CallToScore>
);

/// Answer of [`NextScore`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallToScore {
    /// Its id.
    pub id: String,
    /// What kind of call it is, which says what is scored.
    pub kind: CallKind,
    /// Number of the caller's account; the name is shown after the score.
    pub seat: StaffId,
    /// When it began.
    pub begun: Time,
    /// For how many seconds they spoke.
    pub seconds: u32,
    /// What the caller put on record: the outcome of a verification call.
    pub outcome: Option<CallOutcome>,
    /// The grievance that it was about; `None` where it was about none.
    pub case: Option<CaseView>,
}

vocabulary! {
    /// Why a recording is played.
    PlayPurpose {
        /// To score the call.
        Score,
        /// To decide a dispute.
        Dispute,
    }
}

endpoint!(
    /// A link to the recording of a call that one scores, or whose score one decides about; recorded with its purpose.
    PlayCall {
        /// Id of the call.
        id: String,
    } Post "/api/quality/calls/{id}/play", Needs::Duty(Duty::ScoreCalls), PlayRequest => Playing,
    path = |call| format!("/api/quality/calls/{}/play", call.id)
);

/// Body of [`PlayCall`].
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlayRequest {
    /// Why.
    pub purpose: PlayPurpose,
}

/// Answer of [`PlayCall`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Playing {
    /// Path of the recording, for whoever asked for it alone.
    pub path: String,
    /// Until when it is given out.
    pub until: Time,
}

endpoint!(
    /// Scores a call that was handed out by [`NextScore`].
    ScoreCall {
        /// Id of the call.
        id: String,
    } Post "/api/quality/calls/{id}/score", Needs::Duty(Duty::ScoreCalls), ScoreRequest => Scored,
    path = |call| format!("/api/quality/calls/{}/score", call.id)
);

/// Body of [`ScoreCall`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScoreRequest {
    /// A mark for each criterion of the kind of call.
    pub marks: Vec<Marked>,
    /// What the caller should know, at most 500 letters; may be empty.
    pub note: String,
}

/// Answer of [`ScoreCall`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Scored {
    /// Whose call it was.
    pub name: String,
    /// The share of all points, in percent; `None` where nothing could be marked.
    pub percent: Option<u32>,
    /// The marks of whoever scored it before; empty where nobody has.
    pub before: Vec<Marked>,
}

endpoint!(
    /// The day of whoever scores calls: their own scores, disputes to decide, and how all agree.
    GetQuality {} Get "/api/quality", Needs::Duty(Duty::ScoreCalls), () => QualityDay
);

/// Answer of [`GetQuality`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QualityDay {
    /// Calls that one has scored today, in India.
    pub scored: u32,
    /// Agreement over all criteria, [`crate::quality::kappa`] in per mille, of the last 90 days; `None` where that cannot be
    /// said yet.
    pub kappa: Option<i32>,
    /// Calls that were scored twice in that time.
    pub twice: u32,
    /// Criteria whose words need to be clearer, with their agreement; the least clear first.
    pub unclear: Vec<(Criterion, i32)>,
    /// Disputes that one may decide, the oldest first.
    pub disputes: Vec<Dispute>,
}

/// A score that its caller disputes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Dispute {
    /// Id of the score.
    pub id: String,
    /// Id of the call.
    pub call: String,
    /// What kind of call it was.
    pub kind: CallKind,
    /// Number of the caller's account.
    pub seat: StaffId,
    /// When the call began.
    pub begun: Time,
    /// When it was disputed.
    pub at: Time,
    /// Why; may be empty.
    pub why: String,
    /// The marks.
    pub marks: Vec<Marked>,
    /// What the caller was told.
    pub note: String,
}

endpoint!(
    /// Decides a dispute about a score that somebody else has given. A mark can be raised, and none is lowered.
    DecideDispute {
        /// Id of the score.
        id: String,
    } Post "/api/quality/scores/{id}/decision", Needs::Duty(Duty::ScoreCalls), DisputeDecision => (),
    path = |call| format!("/api/quality/scores/{}/decision", call.id)
);

/// Body of [`DecideDispute`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DisputeDecision {
    /// The marks from now on.
    pub marks: Vec<Marked>,
    /// Why, in 1 to 500 letters.
    pub words: String,
}

endpoint!(
    /// The scores of one's own calls of the last 90 days, newest first; at most 50.
    GetOwnScores {} Get "/api/quality/own", Needs::Duty(Duty::SeeOwnScores), () => Vec<OwnScore>
);

/// A score of one's own call. Who gave it is not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OwnScore {
    /// Its id.
    pub id: String,
    /// What kind of call it was.
    pub kind: CallKind,
    /// When the call began.
    pub begun: Time,
    /// When it was scored.
    pub at: Time,
    /// The marks that hold now.
    pub marks: Vec<Marked>,
    /// The share of all points, in percent; `None` where nothing could be marked.
    pub percent: Option<u32>,
    /// What one should know; may be empty.
    pub note: String,
    /// Whether it can be disputed.
    pub may_dispute: bool,
    /// Why one has disputed it; `None` where one has not.
    pub dispute: Option<String>,
    /// What was decided; `None` where nothing was.
    pub decision: Option<String>,
}

endpoint!(
    /// Disputes a score of one's own call, once and within five days; another lead decides.
    DisputeScore {
        /// Id of the score.
        id: String,
    } Post "/api/quality/scores/{id}/dispute", Needs::Duty(Duty::SeeOwnScores), DisputeRequest => (),
    path = |call| format!("/api/quality/scores/{}/dispute", call.id)
);

/// Body of [`DisputeScore`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DisputeRequest {
    /// Why, at most 500 letters; may be empty.
    pub why: String,
}
