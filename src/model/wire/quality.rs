//! Scoring calls: which call is heard next, its recording, marks, disputes, and how those who score agree.

use super::{CaseView, Endpoint, Method};
use crate::duty::{Duty, Needs};
use crate::lifecycle::CallOutcome;
use crate::names::vocabulary;
use crate::quality::{CallKind, Criterion, Marked, WhyChosen};
use crate::{Reference, StaffId, Time};
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
    /// Why one has chosen it; `None` where it was drawn.
    pub chosen: Option<WhyChosen>,
}

endpoint!(
    /// The callers whose calls are drawn for this lead before those of others, about forty: each caller belongs to one of the leads
    /// who are not away. By name.
    GetTeam {} Get "/api/quality/team", Needs::Duty(Duty::ScoreCalls), () => Vec<TeamCaller>
);

/// A caller of a lead's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TeamCaller {
    /// Number of the account.
    pub seat: StaffId,
    /// The name.
    pub name: String,
    /// Calls of the last seven days in which they spoke with somebody.
    pub calls: u32,
    /// How many of those have been drawn and scored.
    pub drawn: u32,
    /// How many of those have been chosen and scored.
    pub chosen: u32,
}

endpoint!(
    /// Calls of a caller of one's own team in the last seven days that nobody has scored or scores now, newest first; at most 100.
    /// `NotFound` where the caller belongs to another lead.
    CallsOfSeat {
        /// Number of the caller's account.
        seat: StaffId,
    } Get "/api/quality/team/{seat}/calls", Needs::Duty(Duty::ScoreCalls), () => Vec<CallLine>,
    path = |call| format!("/api/quality/team/{}/calls", call.seat)
);

/// A call that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallLine {
    /// Its id.
    pub id: String,
    /// What kind of call it is.
    pub kind: CallKind,
    /// When it began.
    pub begun: Time,
    /// For how many seconds they spoke.
    pub seconds: u32,
    /// The outcome that was put on record, of a verification call.
    pub outcome: Option<CallOutcome>,
    /// The grievance that it was about; `None` where it was about none.
    pub reference: Option<Reference>,
}

endpoint!(
    /// Takes a certain call to hear and score, for a reason that its caller is told; one that was chosen before and is not scored yet
    /// is given back. One that was drawn for this lead before stays a drawn one. `NotFound` where it is of another team or was scored before, `Overtaken` while another lead scores it.
    ChooseCall {
        /// Id of the call.
        id: String,
    } Post "/api/quality/calls/{id}/choice", Needs::Duty(Duty::ScoreCalls), ChooseRequest => CallToScore,
    path = |call| format!("/api/quality/calls/{}/choice", call.id)
);

/// Body of [`ChooseCall`].
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChooseRequest {
    /// Why.
    pub why: WhyChosen,
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
    /// What the caller is to correct in what they put on record, at most 500 letters; empty where it is right.
    #[serde(default)]
    pub correction: String,
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
    /// Records that one has returned for correction: those that wait, the oldest first, then those corrected in the last seven days.
    pub corrections: Vec<Correction>,
    /// The call that one has chosen and not scored yet, for half an hour; `None` where there is none.
    pub held: Option<HeldCall>,
}

/// A call that a lead has chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HeldCall {
    /// Its id.
    pub id: String,
    /// Why.
    pub why: WhyChosen,
}

/// A record that was returned to its caller for correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Correction {
    /// Id of the score with which it was returned.
    pub id: String,
    /// Number of the caller's account.
    pub seat: StaffId,
    /// The grievance; `None` where the call was about none.
    pub reference: Option<Reference>,
    /// When it was returned.
    pub at: Time,
    /// What is to be corrected.
    pub what: String,
    /// When the caller has said that it is corrected; `None` while it waits.
    pub done: Option<Time>,
    /// What the caller has corrected, in their words; empty while it waits.
    pub words: String,
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
    /// Why a lead has chosen this call; `None` where it was drawn.
    pub chosen: Option<WhyChosen>,
}

endpoint!(
    /// Records of one's own that a lead has returned for correction: those that wait, the oldest first, then those corrected in the
    /// last seven days.
    GetCorrections {} Get "/api/quality/corrections", Needs::Duty(Duty::SeeOwnScores), () => Vec<Correction>
);

endpoint!(
    /// Says what one has corrected in a record that a lead has returned, once. The correction itself is made in the case.
    CorrectRecord {
        /// Id of the score.
        id: String,
    } Post "/api/quality/scores/{id}/correction", Needs::Duty(Duty::SeeOwnScores), CorrectRequest => (),
    path = |call| format!("/api/quality/scores/{}/correction", call.id)
);

/// Body of [`CorrectRecord`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CorrectRequest {
    /// What was corrected, in 1 to 500 letters.
    pub words: String,
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

/// What scores say about a person or a desk: those of calls of the last 90 days that were drawn, not those that were chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallScores {
    /// How many were scored.
    pub scored: u32,
    /// Their mean share of all points, in percent; `None` for fewer than [`crate::quality::FEW`].
    pub percent: Option<u32>,
    /// The points either side within which that lies in 19 of 20 such samples.
    pub margin: Option<u32>,
    /// How many calls were scored twice, the second time without knowing the first.
    pub twice: u32,
    /// By how many points both scores of a call differ on average; `None` for fewer than [`crate::quality::FEW`] calls.
    pub apart: Option<u32>,
}

endpoint!(
    /// How much is spoken on the telephones, and how well, for each kind of call.
    CallDesks {} Get "/api/desks/calls", Needs::Duty(Duty::WatchDesks), () => Vec<CallDesk>
);

/// Those who make one kind of call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallDesk {
    /// The kind.
    pub kind: CallKind,
    /// Who have spoken with somebody in the last seven days.
    pub callers: u32,
    /// Their calls.
    pub calls: u32,
    /// How well.
    pub scores: CallScores,
}
