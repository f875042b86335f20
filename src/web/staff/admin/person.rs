//! One account: who it is, what it reaches, and disabling it, another password, another role.

use super::accounts::roles;
use super::{may_change, role_of, why};
use crate::pickers::{OfficeField, from_tables};
use leptos::prelude::*;
use model::wire::{
    AccountLine, ChangeAccountRole, ChangeAccountRoleRequest, DisableAccount, Reach, SetAccountPassword,
    SetAccountPasswordRequest,
};
use model::{DepartmentCode, Lgd, OfficeId, Role};
use web::api::CallError;
use web::component::{ErrorSummary, Errors, SubmitButton, Suggest, TextField};
use web::hook::use_send;
use web::i18n::{key, language, t};
use web::reference::{Choice, Tables, department, department_choices, district, use_tables};
use web::route::announce;

/// What is being done with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Disable,
    Password,
    Role,
}

/// What an account reaches, in words, after a dot; nothing for the whole state.
pub(super) fn reaches(reach: Reach, tables: Tables) -> impl Fn() -> Option<String> {
    move || {
        tables.with(|tables| {
            let tables = tables.loaded()?;
            let place = reach.department.as_ref().map(|code| department(tables, code));
            let place = place.or_else(|| reach.district.map(|lgd| district(tables, lgd)))?;
            Some(match reach.office {
                Some(office) => format!(" · {place} · {} {office}", t(key::FIELD_OFFICE)),
                None => format!(" · {place}"),
            })
        })
    }
}

/// An account in the list.
#[component]
pub fn One(line: AccountLine, changed: Callback<AccountLine>) -> impl IntoView {
    let tables = use_tables();
    let deed = RwSignal::new(None::<Deed>);
    let reaches = reaches(line.reach.clone(), tables);
    let disabled = line.disabled;
    let shown = StoredValue::new(line.clone());
    let button = move |which: Deed, words: &str| {
        let words = t(words);
        view! { <button type="button" class="link" aria-expanded=move || (deed.get() == Some(which)).to_string()
        on:click=move |_| deed.update(|deed| *deed = (*deed != Some(which)).then_some(which))>{words}</button> }
    };
    view! {
        <li class="card">
            <p>
                <strong>{line.username.clone()}</strong>" · "<bdi>{line.name.clone()}</bdi>
                {disabled.then(|| view! { " "<span class="pill">{t(key::ACCOUNTS_DISABLED)}</span> })}
            </p>
            <p class="hint">{role_of(line.role)}{reaches}</p>
            {may_change().then(|| view! {
                <p class="buttons">
                    {(!disabled).then(|| view! { {button(Deed::Role, key::ACCOUNTS_CHANGE_ROLE)}{button(Deed::Disable, key::ACCOUNTS_DISABLE)} })}
                    {button(Deed::Password, if disabled { key::ACCOUNTS_ENABLE } else { key::ACCOUNTS_CHANGE_PASSWORD })}
                </p>
            })}
            {move || deed.get().map(|which| view! { <Form which line=shown.get_value() changed/> })}
        </li>
    }
}

/// The form of what is done.
#[component]
fn Form(which: Deed, line: AccountLine, changed: Callback<AccountLine>) -> impl IntoView {
    let (errors, send, password) = (Errors::new(), use_send(), RwSignal::new(String::new()));
    let fields = Fields::new(Some(&line));
    let (username, enable) = (line.username, line.disabled);
    let told = move |answer: Result<AccountLine, CallError>| match answer {
        Ok(line) => {
            announce(&t(key::ACCOUNTS_DONE));
            changed.try_run(line);
        }
        Err(error) => errors.show_one("", why(&error)),
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let username = username.clone();
        match which {
            Deed::Disable => send.send(DisableAccount { username }, (), None, told),
            Deed::Password => {
                if password.with_untracked(|text| model::text::is_blank(text)) {
                    return errors.show_one("new-password", t(key::ACCOUNTS_NEEDED));
                }
                let body = SetAccountPasswordRequest { password: password.get_untracked(), enable };
                send.send(SetAccountPassword { username }, body, None, told);
            }
            Deed::Role => {
                let mut wrong = Vec::new();
                let Some((role, reach)) = fields.read(&mut wrong) else { return errors.show(wrong) };
                send.send(ChangeAccountRole { username }, ChangeAccountRoleRequest { role, reach }, None, told);
            }
        }
    };
    let (inner, words) = match which {
        Deed::Disable => (view! { <p>{t(key::ACCOUNTS_DISABLE_SURE)}</p> }.into_any(), key::ACCOUNTS_DISABLE),
        Deed::Password => {
            let field = view! { <TextField id="new-password" label=t(key::ACCOUNTS_PASSWORD) hint=t(key::ACCOUNTS_PASSWORD_HINT) value=password errors kind="password" autocomplete="new-password"/> };
            let words = if enable { key::ACCOUNTS_ENABLE } else { key::ACCOUNTS_CHANGE_PASSWORD };
            (field.into_any(), words)
        }
        Deed::Role => (fields.view(errors).into_any(), key::ACCOUNTS_CHANGE_ROLE),
    };
    view! {
        <form novalidate autocomplete="off" on:submit=submit>
            <ErrorSummary errors/>
            {inner}
            <SubmitButton label=t(words) busy_label=t(key::SENDING_NOW) busy=send.busy.into()/>
        </form>
    }
}

/// Role and reach: a department for a nodal officer, an office for its officers, a district for a validator.
#[derive(Clone, Copy)]
pub struct Fields {
    role: RwSignal<Option<Role>>,
    department: RwSignal<Option<DepartmentCode>>,
    office: RwSignal<Option<OfficeId>>,
    district: RwSignal<Option<Lgd>>,
}

impl Fields {
    /// Those of an account, or empty ones.
    pub fn new(line: Option<&AccountLine>) -> Self {
        let reach = line.map(|line| line.reach.clone()).unwrap_or_default();
        Self {
            role: RwSignal::new(line.map(|line| line.role)),
            department: RwSignal::new(reach.department),
            office: RwSignal::new(reach.office),
            district: RwSignal::new(reach.district),
        }
    }

    /// What is chosen; where something is missing, that goes to `wrong`.
    pub fn read(self, wrong: &mut Vec<(&'static str, String)>) -> Option<(Role, Reach)> {
        let Some(role) = self.role.get_untracked() else {
            wrong.push(("role", t(key::ACCOUNTS_NEEDED)));
            return None;
        };
        let mut reach = Reach::default();
        match role {
            Role::NodalOfficer => reach.department = self.department.get_untracked(),
            Role::OfficeOfficer => reach.office = self.office.get_untracked(),
            Role::FieldValidator => reach.district = self.district.get_untracked(),
            _ => {}
        }
        let missing = match role {
            Role::NodalOfficer if reach.department.is_none() => Some("department"),
            Role::OfficeOfficer if reach.office.is_none() => Some("office"),
            Role::FieldValidator if reach.district.is_none() => Some("district"),
            _ => None,
        };
        match missing {
            Some(id) => {
                wrong.push((id, t(key::ACCOUNTS_NEEDED)));
                None
            }
            None => Some((role, reach)),
        }
    }

    /// The fields that the role needs.
    pub fn view(self, errors: Errors) -> impl IntoView {
        let tables = use_tables();
        let departments = from_tables(tables, department_choices);
        let districts = from_tables(tables, |tables| {
            let choice = |one: &model::wire::District| {
                let found_by = format!("{} {}", one.name.en, one.name.bn);
                Choice::new(one.name.of(language()).to_owned(), &found_by, &[], one.lgd)
            };
            tables.districts.iter().map(choice).collect()
        });
        let more = move || {
            match self.role.get() {
            Some(Role::NodalOfficer) => {
                view! { <Suggest id="department" label=t(key::FIELD_DEPARTMENT) choices=departments value=self.department errors/> }
                    .into_any()
            }
            Some(Role::OfficeOfficer) => view! {
                <Suggest id="department" label=t(key::FIELD_DEPARTMENT) choices=departments value=self.department errors/>
                <OfficeField value=self.office department=self.department.into() district=None of_place=None errors/>
            }
            .into_any(),
            Some(Role::FieldValidator) => {
                view! { <Suggest id="district" label=t(key::SEARCH_DISTRICT) choices=districts value=self.district errors/> }
                    .into_any()
            }
            _ => ().into_any(),
        }
        };
        view! {
            <Suggest id="role" label=t(key::ACCOUNTS_ROLE) choices=Signal::stored(roles()) value=self.role errors/>
            {more}
        }
    }
}
