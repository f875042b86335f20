//! Messages to citizens and officers: which step sends which template, when it is still true, and how long a text
//! message is.

use crate::Role;
use crate::atr::Outcome;
use crate::lifecycle::{CallOutcome, Case, Event, EventBody, HearingMeans, Stage, VisitFinding};
use crate::names::{code_of, vocabulary};

vocabulary! {
    /// A template registered with the operators (TXT-10). Its texts are in `public/reference/templates.tsv`, one
    /// row for each language. A template that tells a citizen about a step of their case has the link to the case
    /// as its last variable, which is not listed below.
    Template {
        /// A one-time code. Variable: the code.
        Code,
        /// The grievance is registered. Variables: number, day by which the citizen hears.
        Lodged,
        /// The citizen is asked for information. Variable: number.
        Asked,
        /// The case is with a department. Variables: number, department.
        WithDepartment,
        /// The case is with an office. Variable: number.
        WithOffice,
        /// The office reports the work as done; the citizen is asked. Variables: number, the replies for yes and for no.
        Reported,
        /// The office reports that part is done; the citizen is asked whether that is so. Variables as for [`Self::Reported`].
        ReportedPartly,
        /// The office reports that it cannot be done; the citizen is asked whether they accept the reason. Variables as for
        /// [`Self::Reported`].
        ReportedCannot,
        /// The office continues with the rest of the work. Variable: number.
        RestAwaited,
        /// It cannot be done, and the citizen has accepted the reason. Variable: number.
        Explained,
        /// The work is not done, and the case goes back. Variable: number.
        SentBack,
        /// Confirmed as done. Variable: number.
        Redressed,
        /// The case that this one follows is confirmed as done. Variables: number, the other number.
        RedressedWith,
        /// Closed because the citizen could not be reached. Variable: number.
        Unreached,
        /// Not admissible; an appeal is possible. Variable: number.
        NotAdmissible,
        /// The case now follows another. Variables: number, the other number.
        Merged,
        /// The case no longer follows another. Variable: number.
        Unmerged,
        /// A part of the case has become one of its own. Variables: number, the other number.
        Split,
        /// The appeal is received. Variable: number.
        Appealed,
        /// The citizen will be rung for a hearing. Variables: number, day and hour.
        HearingByPhone,
        /// The citizen is called to a hearing at an office; the link says where. Variables: number, day and hour.
        HearingAtOffice,
        /// To the department's officers: they are called to a hearing. Variables: number, day and hour.
        HearingForOffice,
        /// The appeal is upheld: the case goes on. Variable: number.
        AppealUpheld,
        /// The appeal is dismissed. Variable: number.
        AppealDismissed,
        /// The case is treated as an emergency. Variable: number.
        Emergency,
        /// Withdrawn by the citizen. Variable: number.
        Withdrawn,
        /// The citizen's reply was not understood. Variables: number, the replies for yes and for no. No link.
        AnswerHow,
        /// To an officer: the citizen asks for haste. Variable: number.
        Reminded,
        /// To an officer: a limit has passed. Variable: number.
        Overdue,
        /// To a superior: a limit of an emergency has passed. Variable: number.
        EmergencyOverdue,
        /// To a superior, once in a working day: limits that have passed. Variables: how many, days of the oldest grievance.
        LimitsPassed,
        /// To both numbers: a counter asks to replace one by the other. Variables: number, the other number masked, the
        /// number to call. No link.
        NumberChangeAsked,
        /// To both numbers: the number was changed. Variables: the new number masked, the number to call. No link.
        NumberChanged,
        /// To both numbers: the number was not changed. Variable: number.
        NumberKept,
    }
}

impl Template {
    /// The stages in which the message is true. In any other it is not sent, or recalled while it waits. `None` where
    /// it always stays true.
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
            Self::SentBack | Self::AppealUpheld => &[
                S::Registered,
                S::WithDepartment,
                S::WithOffice,
                S::TransferOffered,
                S::AtrReview,
                S::NeedsInformation,
                S::Verification,
                // Cases that follow another stay merged when it is sent back.
                S::Merged,
            ],
            Self::Redressed => &[S::Redressed],
            // Cases that follow another stay merged when it is redressed.
            Self::RedressedWith => &[S::Merged],
            Self::Unreached => &[S::ClosedUnconfirmed],
            Self::NotAdmissible => &[S::NotAdmissible],
            Self::Merged => &[S::Merged],
            Self::Appealed | Self::HearingByPhone | Self::HearingAtOffice | Self::HearingForOffice => &[S::Appealed],
            Self::Withdrawn => &[S::Withdrawn],
            Self::Code
            | Self::Lodged
            | Self::Unmerged
            | Self::Split
            | Self::AppealDismissed
            | Self::Emergency
            | Self::Reminded
            | Self::Overdue
            | Self::EmergencyOverdue
            | Self::LimitsPassed
            | Self::NumberChangeAsked
            | Self::NumberChanged
            | Self::NumberKept => return None,
        })
    }

    /// Templates that call to a hearing; a hearing that is moved or over makes them untrue.
    pub const CALLING: [Self; 3] = [Self::HearingByPhone, Self::HearingAtOffice, Self::HearingForOffice];

    /// Templates that ask the citizen about a report.
    pub const ASKING: [Self; 3] = [Self::Reported, Self::ReportedPartly, Self::ReportedCannot];

    /// Names of the templates that are no longer true in a stage.
    pub fn untrue_in(stage: Stage) -> impl Iterator<Item = &'static str> {
        Self::ALL
            .into_iter()
            .filter(move |template| template.true_in().is_some_and(|stages| !stages.contains(&stage)))
            .map(|template| code_of(&template))
    }

    /// Priority in the outbox: 0 is sent before and beside all others, then ascending.
    #[must_use]
    pub fn priority(self) -> u8 {
        u8::from(self != Self::Code)
    }

    /// Whether it is withheld from a citizen who has sent STOP; messages to officers are not.
    #[must_use]
    pub fn heeds_stop(self) -> bool {
        let to_staff = matches!(
            self,
            Self::Reminded | Self::Overdue | Self::EmergencyOverdue | Self::LimitsPassed | Self::HearingForOffice
        );
        !to_staff
    }

    /// Whether strangers can cause it to be sent to a number that nobody has proved, so that all such messages together
    /// are limited.
    #[must_use]
    pub fn reaches_strangers(self) -> bool {
        matches!(self, Self::Code | Self::Lodged)
    }
}

/// The template for a citizen after an event, given the case as it is then; `None` where the citizen need not know.
#[must_use]
pub fn for_citizen(case: &Case, event: &Event) -> Option<Template> {
    Some(match &event.body {
        // The citizen of a case that follows another has confirmed nothing.
        body if body.redresses() && case.root.is_some() => Template::RedressedWith,
        body if body.redresses() => Template::Redressed,
        // Of a part that becomes a case of its own they are told with the case.
        EventBody::Lodged { origin: Some(_), .. } => return None,
        EventBody::Lodged { .. } => Template::Lodged,
        EventBody::InformationRequested | EventBody::InformationReminded => Template::Asked,
        EventBody::Categorised { .. } | EventBody::TransferAccepted if case.office.is_none() => {
            Template::WithDepartment
        }
        // An office that does not know the citizen cannot call them.
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
        EventBody::AppealDecided { upheld: true } if case.root.is_none() => Template::AppealUpheld,
        // The case is at the cell's desk: no department has had it.
        EventBody::Disputed { .. } | EventBody::Reopened if case.department.is_none() && case.root.is_none() => {
            Template::Unmerged
        }
        EventBody::Disputed { .. }
        | EventBody::CallRecorded { outcome: CallOutcome::PartlyDone | CallOutcome::Disputed, .. }
        | EventBody::VisitRecorded { finding: VisitFinding::NotDone, .. }
        | EventBody::Reopened
        | EventBody::AppealDecided { upheld: true } => Template::SentBack,
        EventBody::CallRecorded { closes: true, .. } => Template::Unreached,
        EventBody::Rejected { .. } => Template::NotAdmissible,
        EventBody::Merged { .. } => Template::Merged,
        EventBody::Unmerged => Template::Unmerged,
        EventBody::Split { .. } => Template::Split,
        EventBody::Appealed => Template::Appealed,
        EventBody::HearingSet { means: HearingMeans::Phone, .. } => Template::HearingByPhone,
        EventBody::HearingSet { means: HearingMeans::AtOffice, .. } => Template::HearingAtOffice,
        EventBody::AppealDecided { upheld: false } => Template::AppealDismissed,
        EventBody::EmergencySet { lane } if lane.is_emergency() => Template::Emergency,
        EventBody::Withdrawn if event.by.role == Role::Citizen => Template::Withdrawn,
        _ => return None,
    })
}

/// Fills the `{#var#}` marks of a template in order.
#[must_use]
pub fn render(pattern: &str, variables: &[String]) -> String {
    let mut text = pattern.to_owned();
    for variable in variables {
        text = text.replacen("{#var#}", variable, 1);
    }
    text
}

/// Whether a text matches a template; the gateway drops all other texts (TXT-10).
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

/// Parts of a text message: in the basic Latin set 160 letters, or 153 in each of several parts; in any other script
/// 70, or 67 (TXT-09).
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
