//! Messages to citizens and officers: which step calls for which template, and how long a text message is.

use crate::Role;
use crate::atr::Outcome;
use crate::lifecycle::{CallOutcome, Case, Event, EventBody, Stage, VisitFinding};
use serde::{Deserialize, Serialize};

macro_rules! templates {
    ($($(#[$doc:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// A registered text; its words stand in `public/reference/templates.tsv`, one row a language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Template { $($(#[$doc])* $name),+ }
        impl Template {
            /// Every template.
            pub const ALL: [Self; [$(Self::$name),+].len()] = [$(Self::$name),+];
            /// Its name in the table.
            #[must_use]
            pub fn code(self) -> &'static str { match self { $(Self::$name => $code),+ } }
        }
    };
}

templates! {
    /// One-time code. Variable: the code.
    Code = "code",
    /// Lodged. Variables: number, day due.
    Lodged = "lodged",
    /// The citizen is asked for something. Variable: number.
    Asked = "asked",
    /// A department has it. Variables: number, department.
    WithDepartment = "with_department",
    /// An office has it. Variable: number.
    WithOffice = "with_office",
    /// The office reports; the citizen is asked. Variables: number, what to answer for yes and for no.
    Reported = "reported",
    /// The office reports that part is done; the citizen is asked whether that is so. Variables as for [`Self::Reported`].
    ReportedPartly = "reported_partly",
    /// The office reports that it cannot be done; the citizen is asked whether they accept the reason. Variables as for
    /// [`Self::Reported`].
    ReportedCannot = "reported_cannot",
    /// The office goes on with the rest. Variable: number.
    RestAwaited = "rest_awaited",
    /// It cannot be done, and the citizen has accepted the reason. Variable: number.
    Explained = "explained",
    /// It goes back because it is not done. Variable: number.
    SentBack = "sent_back",
    /// Confirmed. Variable: number.
    Redressed = "redressed",
    /// The one that it follows is confirmed. Variables: number, the other number.
    RedressedWith = "redressed_with",
    /// Closed because nobody could be reached. Variable: number.
    Unreached = "unreached",
    /// Not admissible; may be appealed. Variable: number.
    NotAdmissible = "not_admissible",
    /// It follows another. Variables: number, the other number.
    Merged = "merged",
    /// It goes its own way again. Variable: number.
    Unmerged = "unmerged",
    /// The appeal is received. Variable: number.
    Appealed = "appealed",
    /// The appeal is dismissed. Variable: number.
    AppealDismissed = "appeal_dismissed",
    /// It is treated as an emergency. Variable: number.
    Emergency = "emergency",
    /// Taken back. Variable: number.
    Withdrawn = "withdrawn",
    /// To a citizen whose answer was not understood. Variables: number, what to answer for yes and for no.
    AnswerHow = "answer_how",
    /// To an officer: the citizen asks to hurry. Variable: number.
    Reminded = "reminded",
    /// To an officer: a limit has passed. Variable: number.
    Overdue = "overdue",
    /// To both numbers: a counter asks that another number takes the place of this one. Variables: number, the other
    /// number masked, whom to call.
    NumberChangeAsked = "number_change_asked",
    /// To both numbers: it has. Variables: the new number masked, whom to call.
    NumberChanged = "number_changed",
    /// To both numbers: it has not. Variable: number.
    NumberKept = "number_kept",
}

impl Template {
    /// The stages in which it is still true: in any other it is not sent any more, or taken back while it waits. None
    /// where it stays true.
    #[must_use]
    pub fn true_in(self) -> Option<&'static [Stage]> {
        use Stage as S;
        Some(match self {
            Self::Asked => &[S::NeedsInformation],
            Self::Reported | Self::ReportedPartly | Self::ReportedCannot => &[S::Verification],
            Self::Explained => &[S::Explained],
            Self::AnswerHow => &[S::Verification, S::ClosedUnconfirmed],
            Self::WithDepartment | Self::RestAwaited => {
                &[S::WithDepartment, S::WithOffice, S::TransferOffered, S::AtrReview, S::NeedsInformation]
            }
            Self::WithOffice => &[S::WithOffice, S::TransferOffered, S::AtrReview, S::NeedsInformation],
            Self::SentBack => &[
                S::Registered,
                S::WithDepartment,
                S::WithOffice,
                S::TransferOffered,
                S::AtrReview,
                S::NeedsInformation,
                S::Verification,
                // Those who follow a case stay merged when it is sent back.
                S::Merged,
            ],
            Self::Redressed => &[S::Redressed],
            // Those who follow a case stay merged when it is redressed.
            Self::RedressedWith => &[S::Merged],
            Self::Unreached => &[S::ClosedUnconfirmed],
            Self::NotAdmissible => &[S::NotAdmissible],
            Self::Merged => &[S::Merged],
            Self::Appealed => &[S::Appealed],
            Self::Withdrawn => &[S::Withdrawn],
            Self::Code
            | Self::Lodged
            | Self::Unmerged
            | Self::AppealDismissed
            | Self::Emergency
            | Self::Reminded
            | Self::Overdue
            | Self::NumberChangeAsked
            | Self::NumberChanged
            | Self::NumberKept => return None,
        })
    }

    /// Those that ask the citizen about a report.
    pub const ASKING: [Self; 3] = [Self::Reported, Self::ReportedPartly, Self::ReportedCannot];

    /// Those that are not true any more in a stage, by their names.
    pub fn untrue_in(stage: Stage) -> impl Iterator<Item = &'static str> {
        Self::ALL
            .into_iter()
            .filter(move |template| template.true_in().is_some_and(|stages| !stages.contains(&stage)))
            .map(Self::code)
    }

    /// How urgent it is; 0 is sent before and beside all others.
    #[must_use]
    pub fn priority(self) -> u8 {
        u8::from(self != Self::Code)
    }

    /// Whether a citizen who wants no messages is spared it; officers' are part of their work.
    #[must_use]
    pub fn heeds_stop(self) -> bool {
        !matches!(self, Self::Reminded | Self::Overdue)
    }

    /// Whether anybody can make it go to a number that nobody has proved, so that all of these together are limited.
    #[must_use]
    pub fn reaches_strangers(self) -> bool {
        matches!(self, Self::Code | Self::Lodged)
    }
}

/// What the citizen is told after an event, given the case as it is then; none where the step concerns only
/// those inside.
#[must_use]
pub fn for_citizen(case: &Case, event: &Event) -> Option<Template> {
    Some(match &event.body {
        // Whose case follows another has confirmed nothing.
        body if body.redresses() && case.root.is_some() => Template::RedressedWith,
        body if body.redresses() => Template::Redressed,
        EventBody::Lodged { .. } => Template::Lodged,
        EventBody::InformationRequested | EventBody::InformationReminded => Template::Asked,
        EventBody::Categorised { .. } | EventBody::TransferAccepted if case.office.is_none() => {
            Template::WithDepartment
        }
        // Whom the office does not know it cannot call.
        EventBody::Forwarded { .. } | EventBody::TransferAccepted if case.shielded => Template::WithDepartment,
        EventBody::Forwarded { .. } | EventBody::TransferAccepted => Template::WithOffice,
        EventBody::AtrAccepted | EventBody::AtrSubmitted { own: true, .. } => match case.atr {
            Some(Outcome::PartlyDone) => Template::ReportedPartly,
            Some(Outcome::CannotBeDone) => Template::ReportedCannot,
            _ => Template::Reported,
        },
        body if body.agrees() && case.stage == Stage::Explained => Template::Explained,
        body if body.agrees() => Template::RestAwaited,
        EventBody::RestAwaited => Template::RestAwaited,
        // It stands at the cell's desk, and no department has had it.
        EventBody::Disputed { .. } | EventBody::Reopened | EventBody::AppealDecided { upheld: true }
            if case.department.is_none() && case.root.is_none() =>
        {
            Template::Unmerged
        }
        EventBody::Disputed { .. }
        | EventBody::CallRecorded { outcome: CallOutcome::Disputed, .. }
        | EventBody::VisitRecorded { finding: VisitFinding::NotDone, .. }
        | EventBody::Reopened
        | EventBody::AppealDecided { upheld: true } => Template::SentBack,
        EventBody::CallRecorded { closes: true, .. } => Template::Unreached,
        EventBody::Rejected { .. } => Template::NotAdmissible,
        EventBody::Merged { .. } => Template::Merged,
        EventBody::Unmerged => Template::Unmerged,
        EventBody::Appealed => Template::Appealed,
        EventBody::AppealDecided { upheld: false } => Template::AppealDismissed,
        EventBody::EmergencySet { lane } if lane.is_emergency() => Template::Emergency,
        EventBody::Withdrawn if event.by.role == Role::Citizen => Template::Withdrawn,
        _ => return None,
    })
}

/// Puts the variables into a registered text in the order of its `{#var#}` marks.
#[must_use]
pub fn render(pattern: &str, variables: &[String]) -> String {
    let mut text = pattern.to_owned();
    for variable in variables {
        text = text.replacen("{#var#}", variable, 1);
    }
    text
}

/// Whether a text is one that the registered pattern gives: the gateway drops all others (TXT-10).
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    let mut rest = text;
    let mut parts = pattern.split("{#var#}").peekable();
    let Some(head) = parts.next() else { return false };
    match rest.strip_prefix(head) {
        Some(after) => rest = after,
        None => return false,
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.is_empty()
}

/// How many parts a text message takes: 160 letters, 153 a part, of the basic Latin set; 70, 67 a part, of any
/// other script (TXT-09).
#[must_use]
pub fn parts(text: &str) -> usize {
    let basic =
        text.chars().all(|c| c.is_ascii() && !matches!(c, '`' | '[' | ']' | '{' | '}' | '\\' | '^' | '|' | '~'));
    let (single, each, length) = if basic { (160, 153, text.len()) } else { (70, 67, text.encode_utf16().count()) };
    if length <= single { 1 } else { length.div_ceil(each) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_the_script() {
        assert_eq!(parts(&"a".repeat(160)), 1);
        assert_eq!(parts(&"a".repeat(161)), 2);
        assert_eq!(parts(&"ক".repeat(70)), 1);
        assert_eq!(parts(&"ক".repeat(134)), 2);
        assert_eq!(parts(&"ক".repeat(135)), 3);
    }

    #[test]
    fn rendered_texts_match_their_pattern_and_others_do_not() {
        let pattern = "অভিযোগ {#var#} জমা হয়েছে। {#var#} তারিখের মধ্যে জানাব।";
        let text = render(pattern, &["4831 9027 5516".into(), "১ ডিসেম্বর".into()]);
        assert!(matches(pattern, &text));
        assert!(!matches(pattern, &text.replace("জমা", "")));
        assert!(matches("plain", "plain") && !matches("plain", "plain!"));
    }
}
