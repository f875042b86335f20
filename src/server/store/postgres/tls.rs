//! Encryption of connections to PostgreSQL. What is encrypted is also verified: the certificate must name the host and be
//! signed by an authority that this machine trusts, or by the one that the URL names. Whoever reads along could else
//! stand in between.

use super::super::{Result, StoreError};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Reads a URL: where to connect, and how connections are encrypted. Besides what `tokio-postgres` knows there is
/// `sslrootcert=FILE`, the only authorities that count, and `sslmode=verify-full`, which is what `require` means here.
///
/// # Errors
/// Where the URL, or the file that it names, cannot be read.
pub(super) fn read(url: &str) -> Result<(Config, MakeRustlsConnect)> {
    let unusable = |why: String| StoreError::Unavailable(format!("DATABASE_URL: {why}"));
    let (url, authorities) = without_own_parameters(url);
    let mut config = Config::from_str(&url).map_err(|error| unusable(error.to_string()))?;
    if config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_))) {
        // PostgreSQL encrypts nothing that stays on the machine.
        config.ssl_mode(SslMode::Disable);
    }
    let trusted = match &authorities {
        _ if config.get_ssl_mode() == SslMode::Disable => RootCertStore::empty(),
        Some(file) => {
            // Whoever names an authority does not want to do without it.
            config.ssl_mode(SslMode::Require);
            named(file).map_err(|why| unusable(format!("sslrootcert {}: {why}", file.display())))?
        }
        None => {
            let mut known = RootCertStore::empty();
            known.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            known
        }
    };
    // The provider that brings the rest of the program its TLS.
    let client = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.to_string()))?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    Ok((config, MakeRustlsConnect::new(client)))
}

/// Takes out of a URL what `tokio-postgres` does not know; answers the file of authorities as well.
fn without_own_parameters(url: &str) -> (Cow<'_, str>, Option<PathBuf>) {
    let Some((address, query)) = url.split_once('?') else { return (url.into(), None) };
    let (mut kept, mut authorities) = (Vec::new(), None);
    for parameter in query.split('&') {
        match parameter.split_once('=') {
            // A plus stands for itself.
            Some(("sslrootcert", _)) => {
                let parameter = parameter.replace('+', "%2B");
                let file = form_urlencoded::parse(parameter.as_bytes()).next().map(|(_, file)| file.into_owned());
                authorities = file.map(PathBuf::from);
            }
            Some(("sslmode", "verify-full")) => kept.push("sslmode=require"),
            _ => kept.push(parameter),
        }
    }
    (format!("{address}?{}", kept.join("&")).into(), authorities)
}

/// The authorities of a PEM file.
fn named(file: &Path) -> std::result::Result<RootCertStore, String> {
    let mut named = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| error.to_string())? {
        let certificate = certificate.map_err(|error| error.to_string())?;
        named.add(certificate).map_err(|error| error.to_string())?;
    }
    if named.is_empty() { Err("there is no certificate in it".into()) } else { Ok(named) }
}

/// What to do about an error of a connection, where its cause is a certificate.
pub(super) fn advice(error: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    let error = error.downcast_ref::<std::io::Error>()?.get_ref()?.downcast_ref::<rustls::Error>()?;
    matches!(error, rustls::Error::InvalidCertificate(_)).then_some(
        "the certificate must name the host of DATABASE_URL and be signed by an authority that this machine knows, or by \
         the one of sslrootcert=FILE in DATABASE_URL (docs/postgres.md)",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_this_program_knows_is_taken_out_of_a_url() {
        let url = "postgres://a:b@host/c?application_name=x&sslmode=verify-full&sslrootcert=/etc/a%20b+c.crt";
        let (left, authorities) = without_own_parameters(url);
        assert_eq!(left, "postgres://a:b@host/c?application_name=x&sslmode=require");
        assert_eq!(authorities, Some("/etc/a b+c.crt".into()));
        assert_eq!(without_own_parameters("postgres://host/c"), ("postgres://host/c".into(), None));
    }

    #[test]
    fn a_socket_is_not_encrypted_and_a_file_without_certificates_is_refused() {
        let mode = |url: &str| read(url).map(|(config, _)| config.get_ssl_mode());
        assert_eq!(mode("postgres://a@/b?host=/run/postgresql&sslmode=require").ok(), Some(SslMode::Disable));
        assert_eq!(mode("postgres://a@host/b").ok(), Some(SslMode::Prefer));
        assert_eq!(mode("postgres://a@host/b?sslmode=verify-full").ok(), Some(SslMode::Require));
        for file in ["/no/such/file", "/dev/null"] {
            let refused = mode(&format!("postgres://a:secret@host/b?sslrootcert={file}")).expect_err("refused");
            assert!(refused.to_string().contains(file) && !refused.to_string().contains("secret"), "{refused}");
        }
    }
}
