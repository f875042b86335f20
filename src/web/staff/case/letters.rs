//! The key of each action: the same letter wherever it can be done.

use model::lifecycle::ActionKind;

/// The letter of an action; none for what citizens and the system do.
const fn letter(kind: ActionKind) -> Option<char> {
    use ActionKind as A;
    Some(match kind {
        A::AcceptAtr | A::AcceptTransfer => 'A',
        A::Categorise => 'C',
        A::DecideAppeal => 'D',
        A::SetHearing => 'H',
        A::RecordHearing => 'Q',
        A::SetEmergency => 'E',
        A::AddInformation => 'G',
        A::RequestInformation | A::ProvideInformation => 'I',
        A::RecordCall => 'L',
        A::Merge => 'M',
        A::Note => 'N',
        A::Forward => 'O',
        A::OfferTransfer => 'P',
        A::Reject | A::ReturnAtr | A::RefuseTransfer => 'R',
        // Never at one time: a case that follows another is not split.
        A::Split | A::Unmerge => 'S',
        A::RecordContact => 'T',
        A::OrderVisit | A::RecordVisit => 'V',
        A::SubmitAtr | A::AnswerAppeal => 'W',
        A::Reopen => 'B',
        A::ApproveNumberChange => 'Y',
        A::RefuseNumberChange => 'Z',
        _ => return None,
    })
}

/// The letters of actions that can be done at one time; where two share one, the first has it.
#[must_use]
pub fn letters(actions: &[ActionKind]) -> Vec<Option<char>> {
    let mut taken = Vec::new();
    actions
        .iter()
        .map(|kind| {
            let free = letter(*kind).filter(|letter| !taken.contains(letter));
            taken.extend(free);
            free
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_does_one_thing_and_none_of_the_list_s_own() {
        let both = [ActionKind::AcceptAtr, ActionKind::AcceptTransfer, ActionKind::Note];
        assert_eq!(letters(&both), [Some('A'), None, Some('N')]);
        for kind in ActionKind::ALL {
            assert!(!matches!(letter(kind), Some('J' | 'K' | 'U' | 'F' | 'X')), "{kind:?}");
        }
    }
}
