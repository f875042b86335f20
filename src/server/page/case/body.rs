//! The page of a grievance: where it is, what its citizen is asked, everything they can do, and what has happened.

use super::offer::{OFFERED, Offer};
use super::thread::{knot, own_words, photos, timeline, told};
use super::{Shown, path_of, sign_out};
use crate::page::field::{Field, Wrong, hidden};
use crate::page::plain::{call_112, link};
use crate::page::received::Fields;
use maud::{Markup, html};
use model::atr::Outcome;
use model::lifecycle::{ActionKind, EventKind, Holder, Stage};
use model::names::code_of;
use model::wire::{CaseView, Names, TimelineEntry, voice_path};
use model::{Language, Role, Scope, Time};

/// The catalogue keys of the question about a report, of the answer "yes", and of the confirmation before that counts.
pub fn question(view: &CaseView) -> [&'static str; 3] {
    match view.outcome {
        Some(Outcome::PartlyDone) => ["case.ask.partly", "case.yes.partly", "case.sure.partly"],
        Some(Outcome::CannotBeDone) => ["case.ask.cannot", "case.yes.cannot", "case.sure.cannot"],
        _ if view.line.stage == Stage::ClosedUnconfirmed => ["case.ask.closed", "case.yes", "case.sure"],
        _ => ["case.ask.reported", "case.yes", "case.sure"],
    }
}

fn is_asked(view: &CaseView) -> bool {
    matches!(view.line.stage, Stage::Verification | Stage::ClosedUnconfirmed)
}

/// The content of the page of a case.
pub struct Body<'a> {
    /// The reader and the texts.
    pub shown: &'a Shown<'a>,
    /// The case as the reader may see it.
    pub view: &'a CaseView,
    /// The number of the newest report, from 1; 0 before the first.
    pub report: u8,
    /// The errors of a refused form.
    pub wrong: &'a [Wrong<'a>],
    /// What was typed in it.
    pub fields: Option<&'a Fields>,
}

impl Body<'_> {
    /// Everything below the heading.
    pub fn content(&self) -> Markup {
        let (words, line) = (self.shown.words, &self.view.line);
        html! {
            @if line.lane.is_emergency() && line.stage.is_open() { (call_112(words)) }
            (self.kept())
            (self.hearing())
            (self.refused())
            (self.asking())
            (self.whereabouts())
            (self.facts())
            (self.others())
            h2 { (words.say("case.timeline")) }
            (timeline(self.shown, &self.view.timeline))
            (self.own())
            // The receipt, and signing out.
            @if !self.view.limited {
                (link(&words.path(&format!("/receipt/{}", line.reference)), words.say("case.receipt")))
            }
            (sign_out(words, &self.shown.key))
        }
    }

    /// What the citizen has just done, in the words of the timeline.
    pub fn just_done(&self) -> Markup {
        let own = |entry: &&TimelineEntry| entry.role == Role::Citizen;
        html! {
            @if let Some(entry) = self.view.timeline.first().filter(own) {
                p class="notice" role="status" { "✓ " (told(self.shown.words, entry)) }
            }
        }
    }

    fn is_open(&self, offer: Offer) -> bool {
        // "Only partly" answers a report that says "done".
        let whole = !matches!(self.view.outcome, Some(Outcome::PartlyDone | Outcome::CannotBeDone));
        self.view.actions.contains(&offer.kind) && (!offer.partly || (whole && is_asked(self.view)))
    }

    /// Text typed for a form that is gone because the case has moved on: shown, and offered as additional information
    /// where that is allowed.
    fn kept(&self) -> Markup {
        let reason = self.fields.map_or("", |fields| fields.get("reason"));
        let has_form = self.fields.and_then(Offer::of).is_some_and(|offer| self.is_open(offer));
        html! {
            @if !reason.is_empty() && !has_form {
                h2 { (self.shown.words.say("act.kept")) }
                p class="said" dir="auto" { (reason) }
            }
        }
    }

    /// What was typed for this form; for additional information also what was typed for a form that is gone.
    fn typed_for(&self, offer: Offer) -> Option<&Fields> {
        let fields = self.fields?;
        let of = Offer::of(fields);
        let gone = of.is_none_or(|of| !self.is_open(of));
        (of == Some(offer) || (gone && offer.kind == ActionKind::AddInformation)).then_some(fields)
    }

    /// The form of an action. A form with text is folded, so that the question and the timeline stay close to each
    /// other.
    fn form(&self, offer: Offer) -> Markup {
        if offer.is_bare() || offer.kind == ActionKind::ProvideInformation {
            return self.bare_form(offer);
        }
        let words = self.shown.words;
        let [_, yes, _] = question(self.view);
        let title = match (offer.kind, is_asked(self.view)) {
            (ActionKind::Dispute, true) if offer.partly => "case.partly".to_owned(),
            (ActionKind::Dispute, true) => yes.replacen("case.yes", "case.no", 1),
            _ => format!("act.{}", offer.name()),
        };
        html! {
            details open[self.typed_for(offer).is_some()] {
                summary { (words.say(&title)) }
                (self.bare_form(offer))
            }
        }
    }

    fn bare_form(&self, offer: Offer) -> Markup {
        let (words, view, name) = (self.shown.words, self.view, offer.name());
        let [_, yes, _] = question(view);
        let (verb, class) = match offer.kind {
            ActionKind::Confirm => (yes.to_owned(), "button"),
            _ if offer.is_bare() || offer.is_optional() => (format!("act.{name}"), "button second"),
            _ => ("act.send".to_owned(), "button second"),
        };
        html! {
            form method="post" action=(words.path(&path_of(view.line.reference)))
                enctype=[offer.takes_photos().then_some("multipart/form-data")] novalidate {
                @match offer.kind {
                    ActionKind::Reopen => (self.until("act.reopen.what", view.reopen_until)),
                    ActionKind::Appeal => (self.until("act.appeal.what", view.appeal_until)),
                    ActionKind::Withdraw | ActionKind::Unmerge => p { (words.say(&format!("act.{name}.what"))) },
                    _ => {}
                }
                (hidden("key", &self.shown.key))
                (hidden("act", offer.act()))
                @if offer.partly { (hidden("partly", "1")) }
                (hidden("version", &view.line.version.to_string()))
                (hidden("report", &self.report.to_string()))
                @if !offer.is_bare() { (self.reason(offer)) }
                @if offer.takes_photos() {
                    (Field::photo(&format!("photo-{name}"), &words.optional("plain.attach")).with(&[]))
                }
                button class=(class) { (words.say(&verb)) }
            }
        }
    }

    /// The text field of a form.
    fn reason(&self, offer: Offer) -> Markup {
        let (words, name) = (self.shown.words, offer.name());
        let id = format!("reason-{name}");
        let label = match offer.is_optional() {
            true => words.optional("act.reason"),
            false => words.say(&format!("act.{name}.title")).to_owned(),
        };
        let value = self.typed_for(offer).map_or("", |fields| fields.get("reason"));
        Field { id: &id, name: Some("reason"), label: &label, value, rows: 4, ..Field::default() }.with(self.wrong)
    }

    fn until(&self, key: &str, until: Option<Time>) -> Markup {
        let words = self.shown.words;
        html! {
            @if let Some(until) = until { p { (words.fill(key, &[("date", &words.date(until))])) } }
        }
    }

    fn forms(&self, of: impl Fn(Offer) -> bool) -> Markup {
        html! {
            @for offer in OFFERED.into_iter().filter(|offer| of(*offer) && self.is_open(*offer)) { (self.form(offer)) }
        }
    }

    /// The question to the citizen with what it is about, and the answers.
    fn asking(&self) -> Markup {
        let (words, view) = (self.shown.words, self.view);
        // A reader who came by a link needs a code to answer.
        let linked = matches!(self.shown.actor.scope, Scope::Case { .. }) && !view.limited;
        let by_code = || html! { p { (words.say("case.by_code")) } (self.sign_in("case.by_code.link")) };
        let newest = |kind: EventKind| view.timeline.iter().find(|entry| entry.kind == kind);
        let answers = self
            .forms(|offer| offer.kind == ActionKind::Confirm || (offer.kind == ActionKind::Dispute && is_asked(view)));
        if is_asked(view) && (linked || !answers.0.is_empty()) {
            let [ask, ..] = question(view);
            return html! {
                section class="now" {
                    p class="question" { (words.say(ask)) }
                    @if let Some(report) = newest(EventKind::AtrSubmitted) { (knot(self.shown, report)) }
                    @if linked { (by_code()) }
                    (answers)
                }
            };
        }
        html! {
            @if view.actions.contains(&ActionKind::ProvideInformation) {
                section class="now" {
                    p class="question" { (words.say("case.ask.info")) }
                    @if let Some(asked) = newest(EventKind::InformationRequested) { (own_words(words, asked)) }
                    (self.forms(|offer| offer.kind == ActionKind::ProvideInformation))
                }
            }
            @if linked { section class="now" { (by_code()) } }
        }
    }

    /// The link to the sign-in, which returns here.
    fn sign_in(&self, key: &str) -> Markup {
        let words = self.shown.words;
        link(&format!("{}?case={}", words.path("/plain/sign-in"), self.view.line.reference), words.say(key))
    }

    /// The hearing to which the citizen is called.
    fn hearing(&self) -> Markup {
        let words = self.shown.words;
        html! {
            @if let Some(hearing) = self.view.hearing {
                @let name = format!("hearing.{}", code_of(&hearing.means));
                p class="notice" { (words.fill(&name, &[("time", &words.moment(hearing.at))])) }
            }
        }
    }

    /// Why the grievance was not accepted, and the appeal; above everything else.
    fn refused(&self) -> Markup {
        let view = self.view;
        let rejected = view.timeline.iter().find(|entry| entry.kind == EventKind::Rejected);
        html! {
            @if let Some(entry) = rejected.filter(|_| view.line.stage == Stage::NotAdmissible) {
                section class="now" {
                    (knot(self.shown, entry))
                    (self.forms(|offer| offer.kind == ActionKind::Appeal))
                }
            }
        }
    }

    /// The other actions.
    fn others(&self) -> Markup {
        let view = self.view;
        let first = |offer: Offer| {
            matches!(offer.kind, ActionKind::Confirm | ActionKind::ProvideInformation)
                || (offer.kind == ActionKind::Dispute && is_asked(view))
                || (offer.kind == ActionKind::Appeal && view.line.stage == Stage::NotAdmissible)
        };
        let forms = self.forms(|offer| !first(offer));
        html! {
            @if !forms.0.is_empty() {
                h2 { (self.shown.words.say("case.more")) }
                (forms)
            }
        }
    }

    /// Where it is, since when, until when, and what happens next.
    fn whereabouts(&self) -> Markup {
        let (words, view) = (self.shown.words, self.view);
        let stage = html! { p { span class="pill" { (words.name_of("stage", &view.line.stage)) } } };
        if view.limited || !view.line.stage.is_open() {
            return html! {
                div class="where" {
                    (stage)
                    (self.next())
                    (self.until("case.until.reopen", view.reopen_until))
                    (self.until("case.until.appeal", view.appeal_until))
                }
            };
        }
        html! {
            div class="where" {
                (stage)
                dl {
                    dt { (words.say("case.where")) }
                    dd { strong { (self.holder()) } }
                    dd class="hint" { (words.fill("case.since", &[("date", &words.date(view.line.stage_since))])) }
                    dd { (self.due()) }
                }
                @if let Some(date) = view.rest_by { p { (words.fill("report.rest", &[("date", &words.day(date))])) } }
                (self.next())
            }
        }
    }

    /// What happens next.
    fn next(&self) -> Markup {
        let (words, view) = (self.shown.words, self.view);
        let next = format!("next.{}", code_of(&view.line.stage));
        // By a link less is said; where the name is hidden, no office calls.
        let apart = [(view.limited, "limited"), (view.shielded, "hidden")];
        let mut apart = apart.iter().filter(|(so, _)| *so).map(|(_, apart)| format!("{next}.{apart}"));
        let next = apart.find(|key| words.has(key)).unwrap_or_else(|| next.clone());
        html! {
            @if words.has(&next) { p { strong { (words.say("case.next")) } " " (words.say(&next)) } }
        }
    }

    /// The party that has the case.
    fn holder(&self) -> String {
        let (words, view) = (self.shown.words, self.view);
        let named = |names: &Names| names.of(words.language()).to_owned();
        match &view.holder {
            Holder::Department(code) => {
                let department = self.shown.app.facts.tables.department(code);
                department.map(|found| named(&found.name)).unwrap_or_default()
            }
            Holder::Office(_) => view.office_name.as_ref().map(named).unwrap_or_default(),
            other => words.name_of("holder", other),
        }
    }

    /// The deadline, or that the clock is paused.
    fn due(&self) -> String {
        let (words, line, now) = (self.shown.words, &self.view.line, self.shown.app.now());
        match line.due {
            Some(due) => {
                let key = if due < now { "case.overdue" } else { "case.due" };
                words.fill(key, &[("date", &words.by_when(due, line.lane, now))])
            }
            None => words.say("case.paused").to_owned(),
        }
    }

    /// The category, the place, and whether the name is hidden.
    fn facts(&self) -> Markup {
        let (words, view, line) = (self.shown.words, self.view, &self.view.line);
        let tables = &self.shown.app.facts.tables;
        let named = |names: &Names| names.of(words.language()).to_owned();
        let about = line.category.as_ref().and_then(|code| tables.category(code)).map(named);
        let place = line.district.and_then(|district| tables.place(district, line.place)).map(|(place, district)| {
            place.map_or_else(|| named(district), |place| format!("{}, {}", named(place), named(district)))
        });
        let hidden = view.shielded.then(|| words.say("privacy.kept").to_owned());
        let rows = [("lodge.check.category", about), ("lodge.check.where", place), ("lodge.check.privacy", hidden)];
        html! {
            @if rows.iter().any(|(_, value)| value.is_some()) {
                dl class="asked" {
                    @for (label, value) in &rows {
                        @if let Some(value) = value { dt { (words.say(label)) } dd { (value) } }
                    }
                }
            }
        }
    }

    /// What the citizen wrote and sent.
    fn own(&self) -> Markup {
        let (words, view) = (self.shown.words, self.view);
        if view.limited {
            return html! { p { (words.say("link.limited.text")) } (self.sign_in("link.limited.go")) };
        }
        let speech = words.say("voice.title");
        html! {
            h2 { (words.say("case.own")) }
            p class="said" lang=(view.line.language.tag()) dir="auto" { (view.text) }
            @if !view.landmark.is_empty() {
                p lang=(Language::of_text(&view.landmark, words.language()).tag()) dir="auto" { (view.landmark) }
            }
            @if let Some(voice) = &view.voice {
                figure class="voice" {
                    figcaption { (speech) }
                    audio controls preload="none" src=(voice_path(voice)) aria-label=(speech) {}
                }
            }
            (photos(words, &view.photos))
        }
    }
}
