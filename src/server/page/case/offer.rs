//! The actions of a citizen that are done by a form.

use crate::page::received::Fields;
use model::AttachmentId;
use model::lifecycle::{Action, ActionKind};
use model::names::code_of;

/// An action offered by a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// The kind of the action.
    pub kind: ActionKind,
    /// Whether the answer is "only partly".
    pub partly: bool,
}

/// All offers in the order shown; the answers to the question first.
pub const OFFERED: [Offer; 11] = [
    Offer { kind: ActionKind::Confirm, partly: false },
    Offer { kind: ActionKind::Dispute, partly: true },
    Offer { kind: ActionKind::Dispute, partly: false },
    Offer { kind: ActionKind::ProvideInformation, partly: false },
    Offer { kind: ActionKind::Remind, partly: false },
    Offer { kind: ActionKind::AddInformation, partly: false },
    Offer { kind: ActionKind::Reopen, partly: false },
    Offer { kind: ActionKind::Appeal, partly: false },
    Offer { kind: ActionKind::Unmerge, partly: false },
    Offer { kind: ActionKind::Withdraw, partly: false },
    Offer { kind: ActionKind::DisownNumber, partly: false },
];

impl Offer {
    /// The name of its action in the wire format.
    pub fn act(self) -> &'static str {
        code_of(&self.kind)
    }

    /// The part of its catalogue keys and ids.
    pub fn name(self) -> &'static str {
        if self.partly { "partly" } else { self.act() }
    }

    /// The offer that a form names.
    pub fn of(fields: &Fields) -> Option<Self> {
        let partly = !fields.get("partly").is_empty();
        OFFERED.into_iter().find(|offer| offer.act() == fields.get("act") && offer.partly == partly)
    }

    /// Whether it has no text.
    pub fn is_bare(self) -> bool {
        matches!(self.kind, ActionKind::Confirm | ActionKind::Remind | ActionKind::DisownNumber)
    }

    /// Whether its text is optional.
    pub fn is_optional(self) -> bool {
        matches!(self.kind, ActionKind::Withdraw | ActionKind::Unmerge)
    }

    /// Whether a photo can be added.
    pub fn takes_photos(self) -> bool {
        matches!(self.kind, ActionKind::Dispute | ActionKind::ProvideInformation | ActionKind::AddInformation)
    }

    /// Whether it needs a confirmation, because it ends something.
    pub fn wants_to_be_sure(self) -> bool {
        matches!(self.kind, ActionKind::Confirm | ActionKind::Withdraw | ActionKind::DisownNumber)
    }

    /// Whether its confirmation has an address of its own, which is possible where no text has to be carried along.
    pub fn is_asked_at_an_address(self) -> bool {
        self.wants_to_be_sure() && self.is_bare()
    }

    /// The action for the rulebook.
    pub fn action(self, reason: String, photos: Vec<AttachmentId>) -> Action {
        match self.kind {
            ActionKind::Confirm => Action::Confirm { remark: String::new() },
            ActionKind::Dispute => Action::Dispute { reason, partly: self.partly, photos },
            ActionKind::ProvideInformation => Action::ProvideInformation { text: reason, photos },
            ActionKind::Remind => Action::Remind,
            ActionKind::Reopen => Action::Reopen { reason },
            ActionKind::Appeal => Action::Appeal { reason },
            ActionKind::Unmerge => Action::Unmerge { reason },
            ActionKind::Withdraw => Action::Withdraw { reason },
            ActionKind::DisownNumber => Action::DisownNumber,
            _ => Action::AddInformation { text: reason, photos },
        }
    }
}
