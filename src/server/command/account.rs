//! `pratikar account`.

use super::On;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use model::wire::Reach;
use model::{Lgd, OfficeId, Role};
use server::app::account::{self, Deed, Directory, NewAccount};
use server::tables::Tables;
use server::{app, security, store};
use std::process::ExitCode;

/// Which cases an account reaches.
#[derive(Args)]
pub struct Reaches {
    /// Code of the department, for nodal officers
    #[arg(long)]
    department: Option<String>,
    /// Number of the office, for office officers
    #[arg(long)]
    office: Option<u32>,
    /// Code of the district, for field validators
    #[arg(long)]
    district: Option<u32>,
}

impl Reaches {
    fn reach(&self) -> Reach {
        Reach {
            department: self.department.as_deref().map(Into::into),
            office: self.office.map(OfficeId::new),
            district: self.district.map(Lgd::new),
        }
    }
}

#[derive(Subcommand)]
pub enum AccountDeed {
    /// Add an account; the password is read from standard input
    Add {
        /// Name to sign in with
        username: String,
        /// Role, such as operational_analyst
        role: String,
        /// The person's name
        name: String,
        #[command(flatten)]
        reaches: Reaches,
    },
    /// Let nobody sign in by it any more, and end its sessions
    Disable {
        /// Name to sign in with
        username: String,
    },
    /// Give it another role or reach; where no reach is named, its own stays if it fits the role
    Role {
        /// Name to sign in with
        username: String,
        /// The role
        role: String,
        #[command(flatten)]
        reaches: Reaches,
    },
    /// Let a disabled account come back; its new password is read from standard input
    Enable {
        /// Name to sign in with
        username: String,
    },
    /// Give it another password, read from standard input; a disabled account stays disabled
    Password {
        /// Name to sign in with
        username: String,
    },
}

/// A password from standard input, hashed.
fn password(username: &str) -> Result<String> {
    let mut password = String::new();
    std::io::stdin().read_line(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']);
    account::password_fits(password, &[username])?;
    app::password::hash(password)
}

fn role(name: &str) -> Result<Role> {
    serde_json::from_value(name.into()).with_context(|| format!("there is no role {name}"))
}

/// Does it, and tells what has changed.
pub async fn perform(deed: &AccountDeed, on: On<'_>) -> Result<ExitCode> {
    let On { place, public, now, .. } = on;
    let store = place.open()?;
    let tables = Tables::of(public, &store::administered(store.settings().await?))?;
    let offices = server::state::offices(store.as_ref(), &tables).await?;
    let offices = offices.into_iter().map(|office| (office.id, office)).collect();
    let directory = Directory { tables: &tables, offices: &offices };
    let (username, deed, said) = match deed {
        AccountDeed::Add { username, role: wanted, name, reaches } => {
            let (password, name, reach) = (password(username)?, name.clone(), reaches.reach());
            let new = NewAccount { username: username.clone(), name, role: role(wanted)?, reach, password };
            let added = account::add(store.as_ref(), directory, new, now).await?;
            security::log(security::Event::AccountChanged, None, "account");
            say!("{} can sign in as {wanted}", added.username)?;
            return Ok(ExitCode::SUCCESS);
        }
        AccountDeed::Disable { username } => {
            (username, Deed::Disable, "can sign in no more, and its sessions have ended".to_owned())
        }
        AccountDeed::Role { username, role: wanted, reaches } => {
            let (role, mut reach) = (role(wanted)?, reaches.reach());
            let own = account::reach(&account::find(store.as_ref(), username).await?.actor.scope);
            if reach == Reach::default() && account::scope(role, &own, directory).is_ok() {
                reach = own;
            }
            (username, Deed::Role(role, reach), format!("is {wanted} from now on"))
        }
        AccountDeed::Enable { username } => {
            (username, Deed::Enable(password(username)?), "can sign in again, by its new password".to_owned())
        }
        AccountDeed::Password { username } => {
            account::find(store.as_ref(), username).await?;
            (username, Deed::Password(password(username)?), "has another password".to_owned())
        }
    };
    account::change(store.as_ref(), directory, username, deed, None, now).await?;
    security::log(security::Event::AccountChanged, None, "account");
    say!("{username} {said}")?;
    Ok(ExitCode::SUCCESS)
}
