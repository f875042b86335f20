//! The form of each action: its fields, and the action they make. Which actions are open is not asked here.

use leptos::prelude::*;
use model::atr::{Atr, Finding, Outcome, check};
use model::clock::Lane;
use model::lifecycle::{
    Action, ActionKind, CallOutcome, ContactMeans, Ground, Party, Position, Refusal, Side, VisitFinding,
};
use model::wire::{CaseView, GetCase, Offices, ProblemCode};
use model::{AttachmentId, CategoryCode, DepartmentCode, Lgd, OfficeId, Reference, Role};
use serde::de::DeserializeOwned;
use web::api::{self, CallError};
use web::component::{
    Album, ErrorSummary, Errors, FieldError, Photos, Radios, Remote, SubmitButton, Suggest, TextArea, TextField,
    title_of,
};
use web::format::{counted, now};
use web::hook::use_remote_later;
use web::i18n::{code_of, fill, key, language, name_of, t};
use web::json;
use web::reference::{Choice, Tables, category_choices, department_choices, place, places, use_tables};
use web::upload::Held;

/// What is typed and chosen, whatever the action. Lives above the form, so that nothing typed is lost when the
/// case changes under it.
#[derive(Clone, Copy)]
pub struct Entries {
    /// The main text.
    pub text: RwSignal<String>,
    code: RwSignal<String>,
    lane: RwSignal<String>,
    category: RwSignal<Option<CategoryCode>>,
    department: RwSignal<Option<DepartmentCode>>,
    accused: RwSignal<Option<DepartmentCode>>,
    office: RwSignal<Option<OfficeId>>,
    place: RwSignal<Option<(Lgd, Option<Lgd>)>>,
    second: RwSignal<String>,
    third: RwSignal<String>,
    /// The photos that go along.
    photos: RwSignal<Vec<Held>>,
    /// Whether it goes by itself once its photos have arrived.
    waits: RwSignal<bool>,
    position: RwSignal<Option<Position>>,
    /// Who may read a note.
    side: RwSignal<String>,
    /// The case that this one is to follow, as it is now.
    root: RwSignal<Remote<CaseView>>,
    /// What somebody was warned of, once, that the department must not read.
    warned: RwSignal<String>,
    /// What is wrong.
    pub errors: Errors,
}

impl Entries {
    /// Empty, but for what the case already says.
    #[must_use]
    pub fn of(view: &CaseView, role: Option<Role>) -> Self {
        let line = &view.line;
        let own = if role.is_some_and(Role::is_of_department) { Side::Department } else { Side::Cell };
        Self {
            text: RwSignal::new(String::new()),
            code: RwSignal::new(String::new()),
            lane: RwSignal::new(code_of(&line.lane)),
            category: RwSignal::new(line.category.clone()),
            department: RwSignal::new(None),
            accused: RwSignal::new(None),
            office: RwSignal::new(None),
            place: RwSignal::new(line.district.map(|district| (district, line.place))),
            second: RwSignal::new(String::new()),
            third: RwSignal::new(String::new()),
            photos: RwSignal::new(Vec::new()),
            waits: RwSignal::new(false),
            position: RwSignal::new(None),
            side: RwSignal::new(code_of(&own)),
            root: RwSignal::new(Remote::Idle),
            warned: RwSignal::new(String::new()),
            errors: Errors::new(),
        }
    }

    /// Forgets what has been sent.
    pub fn empty(self) {
        for typed in [self.text, self.second, self.third, self.warned] {
            typed.try_set(String::new());
        }
        self.photos.try_set(Vec::new());
        self.position.try_set(None);
        self.root.try_set(Remote::Idle);
    }

    fn text(self) -> String {
        self.text.get_untracked()
    }

    /// Whether somebody has to look once more: the department would read who has lodged a case on which that is kept from it.
    /// Whoever sends the same words again means them.
    fn warns(self, kind: ActionKind, view: &CaseView) -> bool {
        let cell = kind == ActionKind::Note && self.side.get_untracked() == code_of(&Side::Cell);
        let typed = format!("{} {}", self.text(), self.third.get_untracked());
        let name = view.name.as_deref().unwrap_or_default();
        let tells = view.shielded && !cell && model::mask::finds(&typed, name);
        if !tells || self.warned.get_untracked() == typed {
            return false;
        }
        self.warned.set(typed);
        true
    }

    /// The office complained of, or its whole department.
    fn complained_of(self) -> Option<Party> {
        let department = self.accused.get_untracked()?;
        Some(Party { department, office: self.office.get_untracked() })
    }

    /// The value chosen among radios.
    fn chosen<T: DeserializeOwned>(self) -> Option<T> {
        json::named(&self.code.get_untracked())
    }

    /// Says what the server will not have, of a report each lapse at its own field.
    pub fn refused(self, error: &CallError) {
        let lapses = match error {
            CallError::Problem(problem) => match &problem.refusal {
                Some(Refusal::ReportLapses(lapses)) => lapses.as_slice(),
                _ => &[],
            },
            CallError::Network => &[],
        };
        let wrong: Vec<_> = lapses
            .iter()
            .filter(|finding| finding.blocks())
            .map(|finding| (field_of(*finding), name_of("lapse", finding)))
            .collect();
        if wrong.is_empty() {
            let id = if error.code() == Some(ProblemCode::BadAction) { "entry" } else { "" };
            self.errors.show_one(id, error.message());
        } else {
            self.errors.show(wrong);
        }
    }

    fn wrong<T>(self, id: &'static str) -> Option<T> {
        self.errors.show_one(id, t(key::FIELD_CHOOSE));
        None
    }

    fn report(self) -> Option<Atr> {
        let next = self.second.get_untracked();
        Some(Atr {
            outcome: self.chosen::<Outcome>()?,
            text: self.text(),
            next_date: model::text::fold_digits(next.trim()).parse().ok(),
            no_contact_reason: self.third.get_untracked(),
            photos: self.photo_ids(),
        })
    }

    /// The names of the photos at the server.
    fn photo_ids(self) -> Vec<AttachmentId> {
        self.photos.with_untracked(|photos| photos.iter().filter_map(|held| held.id.clone()).collect())
    }

    /// Whether it may go: a report never goes without the photos that were chosen for it.
    fn photos_are_there(self) -> bool {
        let (unfit, busy) = self.photos.with_untracked(|photos| {
            let busy = photos.iter().any(Held::is_on_its_way);
            (photos.iter().any(|held| held.unfit.is_some()), busy)
        });
        if unfit {
            self.errors.show_one("photos", t(key::PHOTOS_REMOVE_UNFIT));
        }
        self.waits.set(busy && !unfit);
        !unfit && !busy
    }

    /// The action that was entered; none where something is missing, which is then shown.
    pub fn action(self, kind: ActionKind) -> Option<Action> {
        self.errors.clear();
        Some(match kind {
            ActionKind::RequestInformation => Action::RequestInformation { missing: self.text() },
            ActionKind::ProvideInformation => Action::ProvideInformation { text: self.text(), photos: vec![] },
            ActionKind::AddInformation => Action::AddInformation { text: self.text(), photos: vec![] },
            ActionKind::Categorise => {
                let Some(category) = self.category.get_untracked() else { return self.wrong("category") };
                let Some(department) = self.department.get_untracked() else { return self.wrong("department") };
                let lane = json::named(&self.lane.get_untracked()).unwrap_or_default();
                let place = self.place.get_untracked();
                Action::Categorise {
                    category,
                    department,
                    lane,
                    district: place.map(|(district, _)| district),
                    place: place.and_then(|(_, place)| place),
                    complained_of: self.complained_of(),
                    remark: self.text(),
                }
            }
            ActionKind::Forward => match self.office.get_untracked() {
                Some(office) => Action::Forward { office, remark: self.text() },
                None => return self.wrong("office"),
            },
            ActionKind::OfferTransfer => match self.department.get_untracked() {
                Some(department) => Action::OfferTransfer {
                    to: Party { department, office: self.office.get_untracked() },
                    reason: self.text(),
                },
                None => return self.wrong("department"),
            },
            ActionKind::AcceptTransfer => Action::AcceptTransfer,
            ActionKind::RefuseTransfer => Action::RefuseTransfer { reason: self.text() },
            ActionKind::RecordContact => match self.chosen::<ContactMeans>() {
                Some(means) => Action::RecordContact { means, text: self.text() },
                None => return self.wrong("choice"),
            },
            ActionKind::SubmitAtr => match self.report() {
                Some(atr) => Action::SubmitAtr(atr),
                None => return self.wrong("choice"),
            },
            ActionKind::ReturnAtr => Action::ReturnAtr { reason: self.text() },
            ActionKind::AcceptAtr => Action::AcceptAtr { remark: self.text() },
            ActionKind::RecordCall => match self.chosen::<CallOutcome>() {
                Some(outcome) => Action::RecordCall { outcome, remark: self.text(), call_id: String::new() },
                None => return self.wrong("choice"),
            },
            ActionKind::OrderVisit => Action::OrderVisit { reason: self.text() },
            ActionKind::RecordVisit => match self.chosen::<VisitFinding>() {
                Some(finding) => Action::RecordVisit {
                    finding,
                    text: self.text(),
                    position: self.position.get_untracked(),
                    photos: self.photo_ids(),
                },
                None => return self.wrong("choice"),
            },
            ActionKind::Reject => match self.chosen::<Ground>() {
                Some(ground) => Action::Reject { ground, reason: self.text() },
                None => return self.wrong("choice"),
            },
            ActionKind::Merge => {
                let typed = Reference::parse(&self.second.get_untracked());
                let seen = self.root.with_untracked(|root| root.loaded().map(|view| view.line.reference));
                match typed {
                    Ok(root) if seen == Some(root) => Action::Merge { root, reason: self.text() },
                    // Nothing follows a case that nobody has looked at.
                    Ok(_) => {
                        self.errors.show_one("root", t(key::MERGE_LOOK));
                        return None;
                    }
                    Err(_) => {
                        self.errors.show_one("root", t(key::STAFF_OPEN_WRONG));
                        return None;
                    }
                }
            }
            ActionKind::ApproveNumberChange => Action::ApproveNumberChange { reason: self.text() },
            ActionKind::RefuseNumberChange => Action::RefuseNumberChange { reason: self.text() },
            ActionKind::Unmerge => Action::Unmerge { reason: self.text() },
            ActionKind::Reopen => Action::Reopen { reason: self.text() },
            ActionKind::DecideAppeal => match self.code.get_untracked().as_str() {
                "" => return self.wrong("choice"),
                code => Action::DecideAppeal { upheld: code == "upheld", reason: self.text() },
            },
            ActionKind::SetEmergency => match self.chosen::<Lane>() {
                Some(lane) => Action::SetEmergency { lane, reason: self.text() },
                None => return self.wrong("choice"),
            },
            ActionKind::Note => {
                let side = json::named(&self.side.get_untracked());
                Action::Note { text: self.text(), side }
            }
            // What only citizens and the system do has no form here.
            ActionKind::Lodge
            | ActionKind::BounceTransfer
            | ActionKind::RemindInformation
            | ActionKind::ReturnUnanswered
            | ActionKind::Remind
            | ActionKind::Rate
            | ActionKind::Confirm
            | ActionKind::Dispute
            | ActionKind::Appeal
            | ActionKind::Escalate
            | ActionKind::DisownNumber
            | ActionKind::RequestNumberChange
            | ActionKind::Withdraw => return None,
        })
    }
}

/// The form of an action.
#[component]
pub fn ActionForm(
    kind: ActionKind,
    view: CaseView,
    entries: Entries,
    busy: RwSignal<bool>,
    /// Told the action once it is complete.
    send: Callback<Action>,
) -> impl IntoView {
    let case = StoredValue::new(view.clone());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !busy.get_untracked()
            && let Some(action) = entries.action(kind)
            && !case.with_value(|view| entries.warns(kind, view))
            && entries.photos_are_there()
        {
            send.run(action);
        }
    };
    // It goes as soon as its photos have arrived.
    Effect::new(move |_| {
        let busy = entries.photos.with(|photos| photos.iter().any(Held::is_on_its_way));
        if !busy
            && untrack(|| entries.waits.get())
            && let Some(action) = untrack(|| entries.action(kind))
            && untrack(|| entries.photos_are_there())
        {
            send.run(action);
        }
    });
    let errors = entries.errors;
    let warning = move || {
        let typed = format!("{} {}", entries.text.get(), entries.third.get());
        // As long as the words stand that were warned of.
        entries.warned.with(|warned| *warned == typed).then(|| t(key::MASK_WARNING))
    };
    let area = move |label: &'static str| {
        view! { <TextArea id="entry" label=t(label) value=entries.text errors rows=4/> }.into_any()
    };
    let choice = move |label: &'static str, options: Vec<(String, String)>| {
        view! { <Radios id="choice" legend=t(label) options value=entries.code errors/> }.into_any()
    };
    let named = |prefix: &str, codes: Vec<String>| {
        codes.into_iter().map(|code| (code.clone(), t(&format!("{prefix}.{code}")))).collect::<Vec<_>>()
    };
    // What a report does not call done is not asked about as done.
    let asked = |prefix: &str, codes: Vec<String>| {
        let report = match view.outcome {
            Some(Outcome::PartlyDone) => ".partly",
            Some(Outcome::CannotBeDone) => ".cannot",
            _ => "",
        };
        let label = |code: &str| match code {
            "not_reached" => t(&format!("{prefix}.{code}")),
            _ => t(&format!("{prefix}.{code}{report}")),
        };
        codes.into_iter().map(|code| (code.clone(), label(&code))).collect::<Vec<_>>()
    };
    let fields = match kind {
        ActionKind::RequestInformation => area(key::FIELD_MISSING),
        ActionKind::ProvideInformation | ActionKind::AddInformation => area(key::FIELD_SAID),
        ActionKind::Note => {
            let sides: Vec<_> = [Side::Cell, Side::Department, Side::Citizen]
                .iter()
                .map(|side| (code_of(side), name_of("side.reads", side)))
                .collect();
            view! {
                <Radios id="side" legend=t(key::FIELD_SIDE) hint=t(key::FIELD_SIDE_HINT) options=sides value=entries.side errors/>
                {area(key::FIELD_NOTE)}
            }
            .into_any()
        }
        ActionKind::Categorise => {
            let (about_office, district) = (view.about_office, view.line.district);
            view! {
                <CategoriseFields entries/>
                {about_office.then(|| view! { <AccusedFields entries district/> })}
                {area(key::FIELD_REMARK)}
            }
            .into_any()
        }
        ActionKind::Forward => {
            let department = view.line.department.clone().unwrap_or_default();
            let district = view.line.district;
            view! { <OfficeField entries department=Signal::stored(Some(department)) district/>{area(key::FIELD_REMARK)} }.into_any()
        }
        ActionKind::OfferTransfer => {
            view! { <TransferFields entries district=view.line.district/>{area(key::FIELD_REASON)} }.into_any()
        }
        ActionKind::AcceptTransfer => ().into_any(),
        ActionKind::AcceptAtr => area(key::FIELD_REMARK),
        ActionKind::RecordContact => {
            let means =
                [ContactMeans::Phone, ContactMeans::Visit, ContactMeans::AtOffice].iter().map(code_of).collect();
            view! { {choice(key::FIELD_MEANS, named("means", means))}{area(key::FIELD_SAID)} }.into_any()
        }
        ActionKind::SubmitAtr => view! { <ReportFields entries contacts=view.contacts/> }.into_any(),
        ActionKind::RecordCall => {
            let outcomes =
                [CallOutcome::Confirmed, CallOutcome::Disputed, CallOutcome::NotReached].iter().map(code_of).collect();
            view! { {choice(key::FIELD_CALL, asked("call", outcomes))}{area(key::FIELD_REMARK)} }.into_any()
        }
        ActionKind::RecordVisit => {
            let found = [VisitFinding::DoneCitizenAgrees, VisitFinding::DoneCitizenNotMet, VisitFinding::NotDone]
                .iter()
                .map(code_of)
                .collect();
            view! { {choice(key::FIELD_FINDING, asked("finding", found))}{area(key::FIELD_FINDINGS)}<PositionField entries/><PhotosField entries/> }.into_any()
        }
        ActionKind::Reject => {
            let grounds = Ground::ALL.iter().map(code_of).collect();
            view! { {choice(key::FIELD_GROUND, named("ground", grounds))}{area(key::FIELD_REASON)} }.into_any()
        }
        ActionKind::Merge => view! { <RootField entries/>{area(key::FIELD_REASON)} }.into_any(),
        ActionKind::DecideAppeal => {
            let both = vec!["upheld".to_owned(), "dismissed".to_owned()];
            view! { {choice(key::FIELD_DECISION, named("decision", both))}{area(key::FIELD_REASON)} }.into_any()
        }
        ActionKind::SetEmergency => {
            let lanes = [Lane::Emergency2, Lane::Emergency24, Lane::Ordinary].iter().map(code_of).collect();
            view! { {choice(key::FIELD_LANE, named("lane", lanes))}{area(key::FIELD_REASON)} }.into_any()
        }
        _ => area(key::FIELD_REASON),
    };
    view! {
        <form class="action" novalidate on:submit=submit aria-label=name_of("do", &kind)>
            <ErrorSummary errors/>
            <h3>{name_of("do", &kind)}</h3>
            {fields}
            <div class="state" role="alert">{move || warning().map(|words| view! { <p class="notice">{words}</p> })}</div>
            <SubmitButton label=name_of("do", &kind) busy_label=t(key::SENDING_NOW) busy=busy.into()/>
        </form>
    }
}

/// The field at which a lapse of a report is mended.
fn field_of(finding: Finding) -> &'static str {
    match finding {
        Finding::NoContact => "no-contact",
        Finding::NoNextDate => "next-date",
        Finding::NoPhoto => "photos",
        Finding::Blank | Finding::FutureTense | Finding::NotOurs | Finding::PassedOn => "entry",
    }
}

/// Choices that the reference tables give; none before they are here.
fn from_tables<T: Send + Sync + 'static>(
    tables: Tables,
    make: fn(&model::wire::ReferenceData) -> Vec<Choice<T>>,
) -> Signal<Vec<Choice<T>>> {
    Signal::derive(move || tables.with(|tables| tables.loaded().map(|tables| make(tables)).unwrap_or_default()))
}

/// Category, department, lane and place; the category suggests department and lane.
#[component]
fn CategoriseFields(entries: Entries) -> impl IntoView {
    let tables = use_tables();
    Effect::new(move |_| {
        let (category, place) = (entries.category.get(), entries.place.get());
        tables.with(|tables| {
            let Some(tables) = tables.loaded() else { return };
            let leaf = tables
                .categories
                .iter()
                .flat_map(|group| &group.leaves)
                .find(|leaf| Some(&leaf.code) == category.as_ref());
            let Some(leaf) = leaf else { return };
            let urban = place.is_some_and(|(of, place)| {
                let district = tables.districts.iter().find(|district| district.lgd == of);
                district
                    .is_some_and(|district| district.places.iter().any(|known| Some(known.lgd) == place && known.urban))
            });
            let department = leaf.department_urban.clone().filter(|_| urban).unwrap_or_else(|| leaf.department.clone());
            entries.department.set(Some(department));
            if entries.lane.get_untracked() == code_of(&Lane::Ordinary) {
                entries.lane.set(code_of(&leaf.lane));
            }
        });
    });
    let lanes: Vec<_> = [Lane::Ordinary, Lane::Emergency24, Lane::Emergency2]
        .iter()
        .map(|lane| (code_of(lane), name_of("lane", lane)))
        .collect();
    let errors = entries.errors;
    view! {
        <Suggest id="category" label=t(key::FIELD_CATEGORY) choices=from_tables(tables, category_choices) value=entries.category errors/>
        <Suggest id="case-place" label=t(key::FIELD_PLACE) choices=from_tables(tables, places) value=entries.place errors/>
        <Suggest id="department" label=t(key::FIELD_DEPARTMENT) choices=from_tables(tables, department_choices) value=entries.department errors/>
        <Radios id="lane" legend=t(key::FIELD_LANE) options=lanes value=entries.lane errors/>
    }
}

/// The number of the case to follow, and that case as soon as the number is whole.
#[component]
fn RootField(entries: Entries) -> impl IntoView {
    let tables = use_tables();
    let load = move |reference: Reference| {
        entries.root.set(Remote::Loading);
        leptos::task::spawn_local(async move {
            let answer = api::get(&GetCase { reference }).await;
            // Another number may have been typed meanwhile.
            let typed = entries.second.try_with_untracked(|typed| Reference::parse(typed).ok()).flatten();
            if typed == Some(reference) {
                entries.root.try_set(answer.into());
            }
        });
    };
    let typed = Memo::new(move |_| entries.second.with(|typed| Reference::parse(typed).ok()));
    Effect::new(move |_| match typed.get() {
        Some(reference) => load(reference),
        None => entries.root.set(Remote::Idle),
    });
    let found = move || {
        entries.root.with(|root| match root {
            Remote::Idle => ().into_any(),
            Remote::Loading => view! { <p>{t(key::LOADING)}</p> }.into_any(),
            Remote::Failed(error) => view! { <p class="error">{error.message()}</p> }.into_any(),
            Remote::Loaded(view) => {
                let line = view.line.clone();
                let at = tables.with(|tables| tables.loaded().map(|tables| place(tables, line.district, line.place)));
                view! {
                    <div class="panel">
                        <p><strong lang=line.language.tag() dir="auto">{title_of(&line)}</strong></p>
                        <p class="hint">{at}" · "{name_of("stage", &line.stage)}" · "{line.reference.grouped()}</p>
                        <p>{counted(key::MERGE_FOLLOWERS, view.followers)}</p>
                    </div>
                }
                .into_any()
            }
        })
    };
    view! {
        <TextField id="root" label=t(key::FIELD_ROOT) hint=t(key::MERGE_HINT) value=entries.second errors=entries.errors mode="numeric"/>
        <div class="state" role="status">{found}</div>
    }
}

/// An office of a department; those of the case's district stand first.
#[component]
fn OfficeField(entries: Entries, department: Signal<Option<DepartmentCode>>, district: Option<Lgd>) -> impl IntoView {
    let offices = use_remote_later(move || {
        let call = Offices { department: department.get_untracked().unwrap_or_default(), district };
        async move { api::get(&call).await }
    });
    Effect::new(move |_| {
        if department.with(Option::is_some) {
            offices.load();
        }
    });
    let choices = Signal::derive(move || {
        offices.state.with(|offices| {
            let all = offices.loaded().map(Vec::as_slice).unwrap_or_default();
            all.iter()
                .map(|office| {
                    let found_by = format!("{} {}", office.name.en, office.name.bn);
                    Choice::new(office.name.of(language()).to_owned(), &found_by, &[], office.id)
                })
                .collect::<Vec<_>>()
        })
    });
    let near = move || {
        offices.state.with(|offices| {
            let all = offices.loaded().map(Vec::as_slice).unwrap_or_default();
            let near = all.iter().filter(|office| district.is_some() && office.district == district).take(6);
            near.map(|office| {
                let (id, words) = (office.id, office.name.of(language()).to_owned());
                let pressed = move || (entries.office.get() == Some(id)).to_string();
                view! { <li><button type="button" class="tab" aria-pressed=pressed on:click=move |_| entries.office.set(Some(id))>{words}</button></li> }
            })
            .collect_view()
        })
    };
    view! {
        <Suggest id="office" label=t(key::FIELD_OFFICE) choices value=entries.office errors=entries.errors/>
        <ul class="near">{near}</ul>
    }
}

/// Which department and office a grievance about their conduct names: it never goes there.
#[component]
fn AccusedFields(entries: Entries, district: Option<Lgd>) -> impl IntoView {
    let choices = from_tables(use_tables(), department_choices);
    view! {
        <p class="notice">{t(key::FIELD_ACCUSED_HINT)}</p>
        <Suggest id="accused" label=t(key::FIELD_ACCUSED) choices value=entries.accused errors=entries.errors/>
        <OfficeField entries department=entries.accused.into() district/>
    }
}

#[component]
fn TransferFields(entries: Entries, district: Option<Lgd>) -> impl IntoView {
    let choices = from_tables(use_tables(), department_choices);
    view! {
        <Suggest id="department" label=t(key::FIELD_DEPARTMENT) choices value=entries.department errors=entries.errors/>
        <OfficeField entries department=entries.department.into() district/>
    }
}

/// The report, checked for the known lapses while it is written.
#[component]
fn ReportFields(entries: Entries, contacts: u16) -> impl IntoView {
    let errors = entries.errors;
    let outcomes: Vec<_> = [Outcome::Done, Outcome::PartlyDone, Outcome::CannotBeDone]
        .iter()
        .map(|outcome| (code_of(outcome), name_of("outcome", outcome)))
        .collect();
    let lapses = move || {
        let (code, text) = (entries.code.get(), entries.text.get());
        let (second, third) = (entries.second.get(), entries.third.get());
        let fit = entries.photos.get().into_iter().filter(|held| held.unfit.is_none());
        let photos = fit.map(|held| held.local.into()).collect();
        let outcome: Outcome = json::named(&code)?;
        if model::text::is_blank(&text) {
            return None;
        }
        let next_date = model::text::fold_digits(second.trim()).parse().ok();
        let atr = Atr { outcome, text, next_date, no_contact_reason: third, photos };
        let found: Vec<Finding> = check(&atr, contacts, now()?);
        (!found.is_empty()).then(|| {
            let rows = found
                .into_iter()
                .map(|finding| view! { <li class:blocks=finding.blocks()>{name_of("lapse", &finding)}</li> });
            view! { <div class="lapses"><h3>{t(key::FINDING_TITLE)}</h3><ul>{rows.collect_view()}</ul></div> }
        })
    };
    let partly = move || entries.code.get() == code_of(&Outcome::PartlyDone);
    view! {
        <Radios id="choice" legend=t(key::FIELD_OUTCOME) options=outcomes value=entries.code errors/>
        <TextArea id="entry" label=t(key::FIELD_REPORT) value=entries.text errors rows=5/>
        {move || partly().then(|| view! { <TextField id="next-date" label=t(key::FIELD_NEXT_DATE) value=entries.second errors mode="numeric"/> })}
        {(contacts == 0).then(|| view! { <TextField id="no-contact" label=t(key::FIELD_NO_CONTACT_REASON) value=entries.third errors/> })}
        <PhotosField entries/>
        <div role="status">{lapses}</div>
    }
}

#[component]
fn PhotosField(entries: Entries) -> impl IntoView {
    view! {
        <Photos label=t(key::FIELD_PHOTOS) album=Album::of(entries.photos) errors=entries.errors/>
        <div role="status">{move || entries.waits.get().then(|| view! { <p class="notice">{t(key::PHOTOS_GO_FIRST)}</p> })}</div>
    }
}

/// Asks the browser where we are, once, when told to.
#[component]
fn PositionField(entries: Entries) -> impl IntoView {
    let told = RwSignal::new(String::new());
    let ask = move |_| {
        web::position::ask(move |found| {
            told.try_set(match found {
                Some(found) => fill(key::POSITION_HAVE, &[("n", &web::format::number(found.accuracy_m))]),
                None => t(key::POSITION_NONE),
            });
            if let Some(found) = found {
                entries.position.try_set(Some(found));
            }
        });
    };
    view! {
        <div class="field">
            <FieldError errors=entries.errors id="position"/>
            <button type="button" class="button second" on:click=ask>{t(key::FIELD_POSITION)}</button>
            <p class="hint" role="status">{move || told.get()}</p>
        </div>
    }
}
