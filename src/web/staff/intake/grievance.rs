//! Takes a grievance while the citizen speaks: one page, for the keyboard, with the telephone above the form and the
//! number's people and earlier grievances beside it.

use super::form::{Entered, Form, remember};
use super::known::{Known, PEOPLE};
use super::line::{Line, Telephone, number_of, use_line};
use super::missed::Missed;
use super::questions::Questions;
use super::tie;
use crate::drafts::Drafts;
use crate::keys::{KeyCap, Keys};
use crate::session::use_session;
use leptos::prelude::*;
use model::lifecycle::{Channel, Gender};
use model::lodging::{Field, Lodging, Problem};
use model::names::code_of;
use model::page::{Page, StaffPage};
use model::wire::{CallState, Caller, CallerRequest, Lodge, Receipt, SuggestCategory, SuggestCategoryRequest};
use model::{CategoryCode, Language, Mobile, Reference, Role, Time};
use serde::{Deserialize, Serialize};
use web::api::{CallError, Conditions, call};
use web::clock;
use web::component::{ErrorSummary, Errors, Radios, SubmitButton, Suggest, TextArea, TextField};
use web::format::{by_when, counted, moment};
use web::hook::{Queue, use_remote_later, use_send};
use web::i18n::{fill, key, name_of, t};
use web::json;
use web::reference::{category, category_choices, places, use_tables};
use web::route::{announce, focus_later, print, set_title};
use web::start::is_written;
use web::unsent::call::Unsent;

fn control(problem: Problem) -> &'static str {
    match problem.field() {
        Field::Text => "text",
        Field::Category => "category",
        Field::Reasons => "reason-0",
        Field::Place => "place",
        Field::Landmark => "landmark",
        Field::Photos | Field::Name => "name",
        Field::Mobile => "mobile",
    }
}

/// Name of what was begun here, among the drafts.
const DRAFT: &str = "intake";
/// Id of what says that a grievance is registered.
const DONE: &str = "registered";
/// Milliseconds after the last letter until categories are suggested.
const PAUSE: u32 = 500;

/// What is kept until it is lodged, however the page is left.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    now: Entered,
    /// Put aside for another caller, oldest first.
    aside: Vec<Entered>,
}

/// What has become of the grievance that was told.
#[derive(Debug, Clone)]
struct Taken {
    /// `None` where it waits on this device for a line.
    receipt: Option<Receipt>,
    /// As it was sent.
    told: Lodging,
    at: Option<Time>,
}

/// The page.
#[component]
pub fn Intake() -> impl IntoView {
    set_title(&t(key::INTAKE_TITLE));
    let role = untrack(|| crate::session::role(use_session()));
    let fresh = StoredValue::new(Entered::fresh(role));
    let form = Form::of(fresh.get_value());
    let aside: RwSignal<Vec<Entered>> = RwSignal::new(Vec::new());
    let taken: RwSignal<Option<Taken>> = RwSignal::new(None);
    keep(form, aside, fresh);
    let known = use_remote_later(move || {
        let body = CallerRequest { mobile: form.mobile.get_untracked() };
        async move {
            let known = call(&Caller {}, &body, Conditions::default()).await?;
            // Whoever rang is looked for at once; a number that is being typed keeps the focus.
            if form.call.try_with_untracked(|call| !call.is_empty()) == Some(true) {
                focus_later(if known.people.is_empty() { "name" } else { PEOPLE });
            }
            Ok(known)
        }
    });
    let number = Memo::new(move |_| Mobile::parse(&form.mobile.get()).ok());
    Effect::new(move |_| match number.get() {
        Some(_) => known.load(),
        None => known.forget(),
    });
    // Somebody may ring before the number was read out.
    let last: RwSignal<Option<Reference>> = RwSignal::new(None);
    let next = move |entered: Entered| {
        if let Some(receipt) = taken.with_untracked(|taken| taken.as_ref()?.receipt.clone()) {
            last.set(Some(receipt.reference));
        }
        taken.set(None);
        form.put(entered);
    };
    let line = (role == Some(Role::TeleCaller)).then(use_line);
    let telephone = line.map(|line| view! { <Ringing line form aside taken fresh next=Callback::new(next)/> });
    let side = move || match (line, number.get()) {
        (Some(line), None) => view! { <Missed line/> }.into_any(),
        _ => view! { <Known form fresh known/> }.into_any(),
    };
    let begin_next = Callback::new(move |()| {
        next(fresh.get_value());
        focus_later("mobile");
    });
    view! {
        <h1>{t(key::INTAKE_TITLE)}</h1>
        {telephone}
        {move || last.get().map(|number| view! { <p class="hint">{t(key::INTAKE_LAST)}" "<span class="reference">{number.grouped()}</span></p> })}
        <Aside form aside fresh next=Callback::new(next)/>
        <div class="state" role="status">
            {move || taken.get().map(|taken| view! { <Registered taken next=begin_next/> })}
        </div>
        <div class="intake" hidden=move || taken.with(Option::is_some)>
            <Told form taken fresh role/>
            <aside class="earlier" aria-label=t(key::INTAKE_EARLIER)>{side}</aside>
        </div>
    }
}

/// Keeps what is entered, and brings it back.
fn keep(form: Form, aside: RwSignal<Vec<Entered>>, fresh: StoredValue<Entered>) {
    let drafts = Drafts::of_app();
    Effect::new(move |_| {
        if !drafts.read.get() || untrack(|| form.entered()) != fresh.get_value() {
            return;
        }
        if let Some(kept) = drafts.get_form(DRAFT).and_then(|kept| json::from::<Kept>(&kept)) {
            aside.set(kept.aside);
            form.put(kept.now);
        }
    });
    Effect::new(move |before: Option<Kept>| {
        let now = Kept { now: form.entered(), aside: aside.get() };
        if before.is_some_and(|before| before != now) {
            let any = !now.aside.is_empty() || now.now != fresh.get_value();
            drafts.put_form(DRAFT, any.then(|| json::value(&now)));
        }
        now
    });
}

/// The telephone; a call that begins enters its number, unless something is entered for another caller.
#[component]
fn Ringing(
    line: Line,
    form: Form,
    aside: RwSignal<Vec<Entered>>,
    taken: RwSignal<Option<Taken>>,
    fresh: StoredValue<Entered>,
    next: Callback<Entered>,
) -> impl IntoView {
    let (ringing, read) = (line.call, Drafts::of_app().read);
    let of_call = move || {
        ringing.with_untracked(|call| {
            let call = call.as_ref()?;
            let mobile = call.mobile.clone().unwrap_or_default();
            Some(Entered { mobile, call: call.id.clone(), ..fresh.get_value() })
        })
    };
    let take = move || {
        if let Some(entered) = of_call() {
            let hidden = entered.mobile.is_empty();
            next.run(entered);
            if hidden {
                focus_later("mobile");
            }
        }
    };
    let id = Memo::new(move |_| ringing.with(|call| call.as_ref().map(|call| call.id.clone())));
    Effect::new(move |_| {
        // What was begun before the page was loaded comes back first.
        let (true, Some(id)) = (read.get(), id.get()) else { return };
        let begun = untrack(|| form.entered());
        if begun.call == id {
            return;
        }
        // What was registered is done with; what was begun for somebody else stays.
        if untrack(|| taken.with(Option::is_some)) || begun.is_untouched(&fresh.get_value()) {
            take();
        } else {
            announce(&ringing.with_untracked(|call| call.as_ref().map(number_of)).unwrap_or_default());
        }
    });
    // Whoever hung up before anybody spoke leaves nothing behind; they are on the list of those to ring back.
    Effect::new(move |before: Option<Option<(String, bool)>>| {
        let now = ringing.with(|call| call.as_ref().map(|call| (call.id.clone(), call.state == CallState::Speaking)));
        if let Some((gone, false)) = before.flatten().filter(|(id, _)| now.as_ref().is_none_or(|(now, _)| now != id)) {
            let begun = untrack(|| form.entered());
            if begun.call == gone && begun.is_untouched(&fresh.get_value()) {
                form.put(fresh.get_value());
            }
        }
        now
    });
    let waits = move || id.get().is_some_and(|id| form.call.get() != id);
    let put_aside = move |_| {
        let begun = untrack(|| form.entered());
        aside.update(|aside| aside.push(begun));
        take();
    };
    view! {
        <Telephone line/>
        {move || waits().then(|| view! {
            <p class="notice">
                {t(key::PHONE_OTHER)}" "
                <button type="button" class="button second" id="take-call" on:click=put_aside>{t(key::PHONE_TAKE)}</button>
            </p>
        })}
    }
}

/// What was put aside for another caller, to go on with.
#[component]
fn Aside(
    form: Form,
    aside: RwSignal<Vec<Entered>>,
    fresh: StoredValue<Entered>,
    next: Callback<Entered>,
) -> impl IntoView {
    let go_on = move |_| {
        let begun = untrack(|| form.entered());
        let mut first = None;
        aside.update(|aside| {
            first = (!aside.is_empty()).then(|| aside.remove(0));
            if !begun.is_untouched(&fresh.get_value()) {
                aside.push(begun);
            }
        });
        if let Some(first) = first {
            next.run(first);
            focus_later("text");
        }
    };
    move || {
        aside.with(|aside| {
            let oldest = aside.first()?;
            let who = if oldest.name.is_empty() { oldest.mobile.clone() } else { oldest.name.clone() };
            let words = counted(key::PHONE_ASIDE, aside.len());
            Some(view! {
                <p class="notice">
                    {words}" "
                    <button type="button" class="link" on:click=go_on>{fill(key::PHONE_GO_ON, &[("name", &who)])}</button>
                </p>
            })
        })
    }
}

/// That it is registered: the number to read out, and the slip for who stands at the counter.
#[component]
fn Registered(taken: Taken, next: Callback<()>) -> impl IntoView {
    let Taken { receipt, told, at } = taken;
    let mobile = Mobile::parse(&told.mobile).map(|mobile| mobile.spaced()).unwrap_or_default();
    let waits = receipt.is_none();
    if let Some(keys) = Keys::of_app() {
        keys.bind('N', t(key::INTAKE_NEXT), move || next.run(()));
        keys.bind('P', t(key::INTAKE_PRINT), print);
    }
    let due = receipt.as_ref().and_then(|receipt| Some(by_when(receipt.due?, receipt.lane)));
    let slip = view! {
        <p><span dir="auto">{told.name.clone()}</span>" · "{at.map(moment)}</p>
        <p class="said" dir="auto">{told.text.clone()}</p>
        {due.map(|due| view! { <p>{fill(key::INTAKE_DUE, &[("date", &due)])}</p> })}
        <p class="on-paper">{t(key::INTAKE_FOLLOW)}</p>
    };
    view! {
        <div class="panel receipt" id=DONE tabindex="-1">
            {match &receipt {
                Some(receipt) => view! {
                    <p class="on-screen">{t(key::INTAKE_DONE)}</p>
                    <p class="on-paper">{t(key::BRAND)}" · "{t(key::INTAKE_SLIP)}</p>
                    <p class="number" id="reference">{receipt.reference.grouped()}</p>
                }.into_any(),
                None => view! { <p>{t(key::INTAKE_WAITS)}</p> }.into_any(),
            }}
            <p class="on-screen">{t(key::INTAKE_READ_BACK)}" "<bdi>{mobile}</bdi></p>
            {slip}
            <p class="buttons">
                <button type="button" class="button" aria-keyshortcuts="N" on:click=move |_| next.run(())>
                    {t(key::INTAKE_NEXT)}<KeyCap letter='N'/>
                </button>
                {(!waits).then(|| view! {
                    <button type="button" class="button second" aria-keyshortcuts="P" on:click=move |_| print()>
                        {t(key::INTAKE_PRINT)}<KeyCap letter='P'/>
                    </button>
                })}
            </p>
        </div>
    }
}

/// Likely categories of what was written, to be chosen by one press.
#[component]
fn Likely(form: Form) -> impl IntoView {
    let tables = use_tables();
    let likely = use_remote_later(move || {
        let body = SuggestCategoryRequest { text: form.what.get_untracked() };
        async move { call(&SuggestCategory {}, &body, Conditions::default()).await }
    });
    let pause = StoredValue::new_local(None::<gloo_timers::callback::Timeout>);
    Effect::new(move |_| {
        let wanted = form.category.with(Option::is_none) && form.what.with(|text| !model::text::is_blank(text));
        pause.set_value(None);
        match wanted {
            true => {
                let later = gloo_timers::callback::Timeout::new(PAUSE, move || likely.refresh());
                pause.set_value(Some(later));
            }
            false => likely.forget(),
        }
    });
    let one = move |code: CategoryCode| {
        let words = move |code: &str| tables.with(|tables| tables.loaded().map(|tables| category(tables, code)));
        let label = words(&code);
        view! { <li><button type="button" class="tab" on:click=move |_| {
            form.category.set(Some(code.clone()));
            focus_later("place");
        }>{label}</button></li> }
    };
    move || {
        let codes = likely.with(Clone::clone).unwrap_or_default();
        (!codes.is_empty()).then(|| view! {
            <ul class="near likely" aria-label=t(key::INTAKE_LIKELY)>{codes.into_iter().map(one).collect_view()}</ul>
        })
    }
}

/// The form.
#[component]
fn Told(form: Form, taken: RwSignal<Option<Taken>>, fresh: StoredValue<Entered>, role: Option<Role>) -> impl IntoView {
    let (tables, errors, send) = (use_tables(), Errors::new(), use_send());
    let (drafts, queue) = (Drafts::of_app(), Queue::of_app());
    let done = move |receipt: Option<Receipt>, told: Lodging| {
        if let Some(receipt) = &receipt {
            tie(form.call.get_untracked(), receipt.reference);
        }
        if role == Some(Role::CounterOperator) {
            remember(untrack(|| form.place.get()));
            fresh.set_value(Entered::fresh(role));
        }
        drafts.put_form(DRAFT, None);
        taken.try_set(Some(Taken { receipt, told, at: Time::from_timestamp_millis(clock::now()) }));
        focus_later(DONE);
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        // Registered once: the next one has an empty form.
        if taken.with_untracked(Option::is_some) {
            return focus_later(DONE);
        }
        let entered = untrack(|| form.entered());
        let lodging = entered.lodging();
        let urgent = tables
            .with_untracked(|tables| tables.loaded().is_some_and(|tables| tables.reasons.is_urgent(&lodging.reasons)));
        let problems = lodging.parse_as(urgent).err().unwrap_or_default();
        let mut wrong: Vec<_> = problems.into_iter().map(|one| (control(one), name_of("problem", &one))).collect();
        // What stands in the field and was not chosen would not be sent.
        if lodging.district.is_none() && is_written("place") {
            wrong.push(("place", name_of("problem", &Problem::PlaceUnknown)));
        }
        if lodging.category.is_none() && is_written("category") {
            wrong.push(("category", name_of("problem", &Problem::CategoryUnknown)));
        }
        if lodging.about_office.is_none() {
            wrong.push(("conduct", t(key::PROBLEM_CONDUCT_EMPTY)));
        }
        if lodging.confidential.is_none() {
            wrong.push(("privacy", t(key::PROBLEM_PRIVACY_EMPTY)));
        }
        if !wrong.is_empty() {
            errors.show(wrong);
            return;
        }
        errors.clear();
        let once = send.key();
        send.send(Lodge {}, lodging.clone(), None, move |answer| match answer {
            Ok(receipt) => done(Some(receipt), lodging),
            Err(CallError::Network) => {
                // Sent again by itself under the same key: it happens once, whether the first attempt arrived or not.
                let unsent = Unsent::of(&Lodge {}, &lodging, about(&lodging), StaffPage::Intake.path());
                match (queue, unsent.map(|unsent| Unsent { key: once, ..unsent })) {
                    (Some(queue), Some(unsent)) if queue.put(&unsent) => {
                        send.renew();
                        done(None, lodging);
                    }
                    _ => errors.show_one("mobile", CallError::Network.message()),
                }
            }
            Err(CallError::Problem(problem)) if !problem.errors.is_empty() => {
                let wrong = problem.errors.iter().map(|one| (control(*one), name_of("problem", one)));
                errors.show(wrong.collect());
            }
            Err(error) => errors.show_one("mobile", error.message()),
        });
    };
    let clearing = Clearing::of(form, taken, fresh, errors);
    let categories = Signal::derive(move || {
        tables.with(|tables| tables.loaded().map(|tables| category_choices(tables)).unwrap_or_default())
    });
    let known_places =
        Signal::derive(move || tables.with(|tables| tables.loaded().map(|tables| places(tables)).unwrap_or_default()));
    let channels: Vec<_> = [Channel::Call, Channel::Counter, Channel::Letter, Channel::Email]
        .iter()
        .map(|known| (code_of(known).to_owned(), name_of("channel", known)))
        .collect();
    let yes_no = vec![("yes".to_owned(), t(key::ANSWER_YES)), ("no".to_owned(), t(key::ANSWER_NO))];
    let shown = vec![("no".to_owned(), t(key::PRIVACY_SHOWN)), ("yes".to_owned(), t(key::PRIVACY_HIDDEN))];
    let languages: Vec<_> =
        Language::CITIZEN.iter().map(|known| (known.tag().to_owned(), known.own_name().to_owned())).collect();
    // For a grievance about an office this is settled, and not asked.
    let asks = Memo::new(move |_| form.conduct.with(|conduct| conduct != "yes"));
    let genders: Vec<_> =
        Gender::ALL.iter().map(|known| (code_of(known).to_owned(), name_of("gender", known))).collect();
    view! {
        <form novalidate autocomplete="off" on:submit=submit>
            <ErrorSummary errors/>
            {clearing.notice()}
            <TextField id="mobile" label=t(key::INTAKE_MOBILE) value=form.mobile errors kind="tel" mode="tel"/>
            <TextField id="name" label=t(key::LODGE_YOU_NAME) value=form.name errors/>
            <TextArea id="text" label=t(key::LODGE_WHAT_TITLE) value=form.what errors rows=5/>
            <Likely form/>
            {anew(clearing.round, move || view! { <Suggest id="category" label=t(key::FIELD_CATEGORY) choices=categories value=form.category errors/> })}
            <Questions form errors/>
            {anew(clearing.round, move || view! { <Suggest id="place" label=t(key::FIELD_PLACE) choices=known_places value=form.place errors/> })}
            <TextField id="landmark" label=t(key::LODGE_CHECK_LANDMARK) value=form.landmark errors/>
            <Radios id="conduct" legend=t(key::LODGE_CONDUCT_TITLE) hint=t(key::LODGE_CONDUCT_HINT) options=yes_no value=form.conduct errors/>
            {move || asks.get().then(|| view! { <Radios id="privacy" legend=t(key::LODGE_PRIVACY_TITLE) hint=t(key::LODGE_PRIVACY_HINT) options=shown.clone() value=form.privacy errors/> })}
            <Radios id="language" legend=t(key::INTAKE_LANGUAGE) hint=t(key::INTAKE_LANGUAGE_HINT) options=languages value=form.speaks errors/>
            <Radios id="gender" legend=t(key::INTAKE_GENDER) options=genders value=form.gender errors/>
            <Radios id="channel" legend=t(key::INTAKE_CHANNEL) options=channels value=form.channel errors/>
            <SubmitButton label=t(key::INTAKE_SEND) busy_label=t(key::SENDING_NOW) busy=send.busy.into()/>
            <p><button type="button" class="link" id="clear" on:click=move |_| clearing.clear()>{t(key::INTAKE_CLEAR)}</button></p>
        </form>
    }
}

/// Clears the form, as for a caller who wants nothing after all. What was entered can be brought back where that was a slip.
#[derive(Clone, Copy)]
struct Clearing {
    form: Form,
    fresh: StoredValue<Entered>,
    errors: Errors,
    /// What was entered.
    cleared: RwSignal<Option<Entered>>,
    /// Counts the clearings: fields that hold more than what is chosen are drawn anew.
    round: RwSignal<u32>,
}

impl Clearing {
    fn of(form: Form, taken: RwSignal<Option<Taken>>, fresh: StoredValue<Entered>, errors: Errors) -> Self {
        let cleared: RwSignal<Option<Entered>> = RwSignal::new(None);
        // What was registered since then is the end of it.
        Effect::new(move |_| {
            if taken.with(Option::is_some) {
                cleared.set(None);
            }
        });
        Self { form, fresh, errors, cleared, round: RwSignal::new(0) }
    }

    fn clear(self) {
        let begun = untrack(|| self.form.entered());
        // A call that goes on keeps its number.
        let mobile = if begun.call.is_empty() { String::new() } else { begun.mobile.clone() };
        self.errors.clear();
        self.form.put(Entered { mobile, call: begun.call.clone(), ..self.fresh.get_value() });
        self.round.update(|round| *round += 1);
        let untouched = begun.is_untouched(&self.fresh.get_value());
        self.cleared.set((!untouched).then_some(begun));
        announce(&t(key::INTAKE_CLEARED));
        focus_later("mobile");
    }

    fn bring_back(self) {
        if let Some(begun) = self.cleared.try_update(Option::take).flatten() {
            self.errors.clear();
            self.form.put(begun);
            announce(&t(key::INTAKE_BACK));
            focus_later("text");
        }
    }

    /// Above the form, where the focus goes: that it is cleared.
    fn notice(self) -> impl IntoView {
        move || {
            self.cleared.with(Option::is_some).then(|| view! {
                <p class="notice">{t(key::INTAKE_CLEARED)}" "<button type="button" class="link" id="uncleared" on:click=move |_| self.bring_back()>{t(key::INTAKE_UNCLEAR)}</button></p>
            })
        }
    }
}

/// Draws a part anew in each round.
fn anew<V: IntoView + 'static>(round: RwSignal<u32>, draw: impl Fn() -> V + Send + 'static) -> impl IntoView {
    move || {
        round.track();
        draw()
    }
}

/// What waits for a line, for the list of it.
fn about(lodging: &Lodging) -> String {
    format!("{} · {}", t(key::INTAKE_TITLE), lodging.name)
}
