//! `pratikar move`.

use super::{told, write};
use anyhow::{Context, Result, bail};
use server::attachments::Attachments;
use server::store::{self, MOVING};
use server::{backup, published};
use std::path::Path;
use std::process::ExitCode;

/// Moves everything from one database to another; `home` has the secret, the published heads and the attachments.
pub async fn perform(from: &str, to: &str, home: backup::Home, public: &Path) -> Result<ExitCode> {
    let data = home.data.as_path();
    let place = |text: &str| match text.split_once("://") {
        Some(("postgres" | "postgresql", _)) => Ok(store::Place::Url(text.to_owned())),
        Some((scheme, _)) => bail!("{scheme}:// is no database for this: take a folder, or postgres://…"),
        None => Ok(store::Place::of(Path::new(text), None)),
    };
    let (from, to) = (place(from)?, place(to)?);
    from.must_be_there()?;
    let mut locks = Vec::new();
    for place in [&from, &to] {
        if let store::Place::File(file) = place {
            let folder = file.parent().unwrap_or(Path::new("."));
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            locks.push(server::files::lock(folder)?);
        }
    }
    let (source, target) = (from.clone(), to.clone());
    let carried = tokio::task::spawn_blocking(move || {
        store::transfer(&source, &target, chrono::Utc::now(), |table, there, whole| {
            eprint!("\r· {table}: {there} of {whole}          ");
        })
    });
    carried.await??;
    eprintln!();
    let mut ends = Vec::new();
    for (name, place) in [("the source", &from), ("the target", &to)] {
        let database = place.open()?;
        let audit = backup::verify_on(database.as_ref(), home.clone(), public, None).await?;
        ends.push((database.head().await?, database.chains().await?, audit.entries, audit.cases));
        write(format_args!("{name}: "))?;
        if told(&audit)? != ExitCode::SUCCESS {
            bail!("{name} is not whole: nothing serves from the target yet");
        }
    }
    if ends.first() != ends.last() {
        bail!("the ends of the two differ: the source was written to meanwhile");
    }
    if let store::Place::File(file) = &to {
        let folder = file.parent().unwrap_or(Path::new("."));
        for name in ["secret.key", published::FILE] {
            let (own, there) = (data.join(name), folder.join(name));
            if own.exists() && !there.exists() {
                std::fs::copy(&own, &there).with_context(|| format!("cannot write {}", there.display()))?;
            }
        }
        match &home.attachments {
            Attachments::Folder(stay) if folder != stay => {
                say!("the attachments stay in {}: copy photos and voices to {}", stay.display(), folder.display())?;
            }
            Attachments::Folder(_) => {}
            bucket => say!("the attachments stay in {bucket}")?,
        }
    }
    to.open()?.forget_fact(MOVING).await?;
    say!("everything is there. The source stays as it is: keep it until the next backup")?;
    Ok(ExitCode::SUCCESS)
}
