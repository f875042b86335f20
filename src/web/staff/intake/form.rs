//! What is entered about a grievance that somebody tells, and how it is kept.

use leptos::prelude::*;
use model::lifecycle::{Channel, Gender};
use model::lodging::{Lodging, Reason};
use model::names::code_of;
use model::wire::KnownPerson;
use model::{CategoryCode, Language, Lgd, Role};
use serde::{Deserialize, Serialize};
use web::json;

/// District, and block or town.
type At = (Lgd, Option<Lgd>);

/// Where the browser remembers the place of a counter.
const COUNTER: &str = "pratikar.counter.place";

/// Everything that is entered.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Entered {
    pub mobile: String,
    pub name: String,
    pub what: String,
    pub landmark: String,
    pub gender: String,
    pub conduct: String,
    pub privacy: String,
    pub speaks: String,
    pub channel: String,
    pub category: Option<CategoryCode>,
    pub place: Option<At>,
    pub reasons: Vec<Reason>,
    /// Id of the call during which it is told; empty where none is known.
    pub call: String,
}

impl Entered {
    /// An empty form, with what is always so at this desk.
    pub fn fresh(role: Option<Role>) -> Self {
        let (channel, place) = match role {
            Some(Role::CounterOperator) => (Channel::Counter, remembered()),
            Some(Role::OperationalAnalyst) => (Channel::Letter, None),
            _ => (Channel::Call, None),
        };
        let (speaks, channel) = (Language::default().tag().to_owned(), code_of(&channel).to_owned());
        Self { speaks, channel, place, ..Self::default() }
    }

    /// Whether nobody has entered anything: the number of a call enters itself.
    pub fn is_untouched(&self, fresh: &Self) -> bool {
        let by_itself = self.mobile.is_empty() || !self.call.is_empty();
        let bare = Self { mobile: String::new(), call: String::new(), ..self.clone() };
        by_itself && bare == *fresh
    }

    /// What a person said of themselves last. The grievance is a new one: nothing of an earlier one is filled in.
    pub fn of_person(self, person: &KnownPerson) -> Self {
        let gender = match person.gender {
            Gender::Unstated => self.gender,
            known => code_of(&known).to_owned(),
        };
        let speaks = match Language::CITIZEN.contains(&person.language) {
            true => person.language.tag().to_owned(),
            false => self.speaks,
        };
        Self {
            name: person.name.clone(),
            gender,
            speaks,
            place: person.district.map(|district| (district, person.place)).or(self.place),
            landmark: person.landmark.clone(),
            ..self
        }
    }

    /// As [`Self::of_person`] for nobody who is known: what somebody else has brought goes.
    pub fn of_nobody(self, fresh: &Self) -> Self {
        let Self { name, gender, speaks, place, landmark, .. } = fresh.clone();
        Self { name, gender, speaks, place, landmark, ..self }
    }

    /// The grievance.
    pub fn lodging(&self) -> Lodging {
        let yes = |answer: &str| (!answer.is_empty()).then_some(answer == "yes");
        let about_office = yes(&self.conduct);
        Lodging {
            text: self.what.clone(),
            category: self.category.clone(),
            district: self.place.map(|(district, _)| district),
            place: self.place.and_then(|(_, place)| place),
            landmark: self.landmark.clone(),
            name: self.name.clone(),
            mobile: self.mobile.clone(),
            reasons: self.reasons.clone(),
            gender: Gender::ALL.into_iter().find(|known| code_of(known) == self.gender),
            language: Language::from_tag(&self.speaks).unwrap_or_default(),
            about_office,
            // A grievance about an office hides the name without being asked.
            confidential: if about_office == Some(true) { Some(true) } else { yes(&self.privacy) },
            channel: Channel::ALL.into_iter().find(|known| code_of(known) == self.channel),
            ..Lodging::default()
        }
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn remembered() -> Option<At> {
    json::read(&storage()?.get_item(COUNTER).ok().flatten()?)
}

/// Remembers where a counter is: where the grievance before came from.
pub fn remember(place: Option<At>) {
    if let (Some(storage), Some(place)) = (storage(), place) {
        let _ = storage.set_item(COUNTER, &json::text(&json::value(&place)));
    }
}

/// The form as its fields hold it.
#[derive(Clone, Copy)]
pub struct Form {
    pub mobile: RwSignal<String>,
    pub name: RwSignal<String>,
    pub what: RwSignal<String>,
    pub landmark: RwSignal<String>,
    pub gender: RwSignal<String>,
    pub conduct: RwSignal<String>,
    pub privacy: RwSignal<String>,
    pub speaks: RwSignal<String>,
    pub channel: RwSignal<String>,
    pub category: RwSignal<Option<CategoryCode>>,
    pub place: RwSignal<Option<At>>,
    pub reasons: RwSignal<Vec<Reason>>,
    pub call: RwSignal<String>,
}

impl Form {
    pub fn of(entered: Entered) -> Self {
        Self {
            mobile: RwSignal::new(entered.mobile),
            name: RwSignal::new(entered.name),
            what: RwSignal::new(entered.what),
            landmark: RwSignal::new(entered.landmark),
            gender: RwSignal::new(entered.gender),
            conduct: RwSignal::new(entered.conduct),
            privacy: RwSignal::new(entered.privacy),
            speaks: RwSignal::new(entered.speaks),
            channel: RwSignal::new(entered.channel),
            category: RwSignal::new(entered.category),
            place: RwSignal::new(entered.place),
            reasons: RwSignal::new(entered.reasons),
            call: RwSignal::new(entered.call),
        }
    }

    pub fn entered(self) -> Entered {
        Entered {
            mobile: self.mobile.get(),
            name: self.name.get(),
            what: self.what.get(),
            landmark: self.landmark.get(),
            gender: self.gender.get(),
            conduct: self.conduct.get(),
            privacy: self.privacy.get(),
            speaks: self.speaks.get(),
            channel: self.channel.get(),
            category: self.category.get(),
            place: self.place.get(),
            reasons: self.reasons.get(),
            call: self.call.get(),
        }
    }

    pub fn put(self, entered: Entered) {
        self.mobile.set(entered.mobile);
        self.name.set(entered.name);
        self.what.set(entered.what);
        self.landmark.set(entered.landmark);
        self.gender.set(entered.gender);
        self.conduct.set(entered.conduct);
        self.privacy.set(entered.privacy);
        self.speaks.set(entered.speaks);
        self.channel.set(entered.channel);
        self.category.set(entered.category);
        self.place.set(entered.place);
        self.reasons.set(entered.reasons);
        self.call.set(entered.call);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> KnownPerson {
        KnownPerson {
            name: "রহিমা বিবি".into(),
            gender: Gender::Woman,
            language: Language::Hindi,
            district: Some(Lgd::new(307)),
            place: None,
            landmark: "মাঝিপাড়া".into(),
            cases: 2,
            latest: "2026-11-20T10:00:00Z".parse().expect("a time"),
        }
    }

    #[test]
    fn a_call_enters_its_number_by_itself() {
        let fresh = Entered { channel: "call".into(), speaks: "bn".into(), ..Entered::default() };
        assert!(fresh.is_untouched(&fresh));
        let rung = Entered { mobile: "9830012345".into(), call: "c".into(), ..fresh.clone() };
        assert!(rung.is_untouched(&fresh));
        let typed = Entered { call: String::new(), ..rung.clone() };
        assert!(!typed.is_untouched(&fresh), "a number that was typed");
        assert!(!Entered { name: "র".into(), ..rung }.is_untouched(&fresh));
    }

    #[test]
    fn a_known_person_brings_what_they_are_and_not_what_they_lodged() {
        let begun = Entered { mobile: "9830012345".into(), what: "জল নেই".into(), ..Entered::default() };
        let filled = begun.of_person(&person());
        assert_eq!(
            (filled.name.as_str(), filled.gender.as_str(), filled.speaks.as_str()),
            ("রহিমা বিবি", "woman", "hi")
        );
        assert_eq!((filled.place, filled.landmark.as_str()), (Some((Lgd::new(307), None)), "মাঝিপাড়া"));
        assert_eq!((filled.what.as_str(), &filled.category), ("জল নেই", &None), "what is told now stays");
        let nobody = filled.of_nobody(&Entered { speaks: "bn".into(), ..Entered::default() });
        assert_eq!((nobody.name.as_str(), nobody.gender.as_str(), nobody.place), ("", "", None));
        assert_eq!((nobody.what.as_str(), nobody.mobile.as_str()), ("জল নেই", "9830012345"));
        let unstated = KnownPerson { gender: Gender::Unstated, language: Language::English, ..person() };
        let kept = Entered { gender: "man".into(), ..Entered::default() }.of_person(&unstated);
        assert_eq!(kept.gender, "man");
    }

    #[test]
    fn a_grievance_about_an_office_hides_the_name_unasked() {
        let about = |conduct: &str, privacy: &str| {
            let entered = Entered { conduct: conduct.into(), privacy: privacy.into(), ..Entered::default() };
            let lodging = entered.lodging();
            (lodging.about_office, lodging.confidential)
        };
        assert_eq!(about("yes", ""), (Some(true), Some(true)));
        assert_eq!(about("no", "no"), (Some(false), Some(false)));
        assert_eq!(about("", ""), (None, None));
    }
}
