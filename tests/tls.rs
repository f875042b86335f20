//! Connections to PostgreSQL that are encrypted, and what is said where there is none.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use server::store::postgres;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tests::postgres::{Cluster, query, run};

const PASSWORD: &str = "a-password-of-the-tests";

/// A server with TLS, whose certificate names `localhost` and is signed by an authority of its own.
struct Encrypted {
    cluster: Cluster,
    folder: tempfile::TempDir,
    port: u16,
}

/// Makes NAME.key and NAME.crt in a folder; `more` says what is certified, and by whom.
fn certify(folder: &Path, name: &str, more: &[&str]) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", &format!("/CN={name}"), "-keyout", &format!("{name}.key"), "-out", &format!("{name}.crt")])
        .args(more)
        .current_dir(folder)
        .output()
        .expect("openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

impl Encrypted {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        certify(folder.path(), "authority", &[]);
        let names = ["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"];
        let signed = ["-CA", "authority.crt", "-CAkey", "authority.key"];
        certify(folder.path(), "server", &[&names[..], &signed].concat());
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number");
        let of = folder.path().to_str().expect("a name");
        let cluster = Cluster::start(&["tls", of, &free.port().to_string()]);
        run(&cluster.url, &format!("ALTER USER postgres PASSWORD '{PASSWORD}'")).expect("a password");
        Self { cluster, folder, port: free.port() }
    }

    fn url(&self, host: &str, parameters: &str) -> String {
        format!("postgres://postgres:{PASSWORD}@{host}:{}/postgres?{parameters}", self.port)
    }

    fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.crt")
    }
}

/// What is said where a store is not opened; never the password.
fn refused(url: &str) -> String {
    let Err(refused) = postgres::open(url) else { panic!("not refused: {url}") };
    let said = refused.to_string();
    assert!(!said.contains(PASSWORD), "{said}");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_encrypted_where_the_certificate_is_right_and_refused_where_it_is_not() {
    let server = Encrypted::start();
    let authority = server.authority();
    let right = server.url("localhost", &format!("sslmode=verify-full&sslrootcert={}", authority.display()));
    let store = postgres::open(&right).expect("a store");
    // The reader, the writer and whoever listens.
    let all = "SELECT count(*) >= 2 AND bool_and(ssl), bool_or(query LIKE 'LISTEN%') FROM pg_stat_ssl
               JOIN pg_stat_activity USING (pid) WHERE application_name = 'pratikar'";
    let mut seen = Vec::new();
    for _ in 0..100 {
        seen = query(&server.cluster.url, all).expect("connections").remove(0);
        if seen == ["t", "t"] {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(seen, ["t", "t"]);
    let mut bell = store.bell();
    run(&server.cluster.url, "NOTIFY pratikar_ledger, '7'").expect("told");
    let rung = tokio::time::timeout(Duration::from_secs(10), bell.wait_for(|seq| *seq == 7)).await;
    rung.expect("in time").expect("a bell");

    certify(server.folder.path(), "another", &[]);
    let wrong = server.folder.path().join("another.crt");
    for (host, parameters, says) in [
        ("localhost", format!("sslrootcert={}", wrong.display()), "UnknownIssuer"),
        // Neither is an authority of this machine's own that has signed it.
        ("localhost", "sslmode=require".into(), "UnknownIssuer"),
        ("localhost", String::new(), "UnknownIssuer"),
        ("127.0.0.1", format!("sslrootcert={}", authority.display()), "not valid for name"),
    ] {
        let said = refused(&server.url(host, &parameters));
        assert!(said.contains(says) && said.contains("sslrootcert=FILE"), "{host} {parameters}: {said}");
    }
    postgres::open(&server.url("localhost", "sslmode=disable")).expect("unencrypted, as asked for");

    run(&server.cluster.url, "ALTER SYSTEM SET ssl = off").expect("set");
    run(&server.cluster.url, "SELECT pg_reload_conf()").expect("read");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(refused(&right).contains("server does not support TLS"));
}

#[test]
fn what_is_wrong_with_a_connection_is_said() {
    let server = Encrypted::start();
    let right = server.url("localhost", &format!("sslrootcert={}", server.authority().display()));
    let said = refused(&right.replacen(PASSWORD, "another", 1));
    assert!(said.contains("password authentication failed") && !said.contains("another"), "{said}");
    let said = refused(&right.replacen("/postgres?", "/nowhere?", 1));
    assert!(said.contains("database \"nowhere\" does not exist"), "{said}");
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number");
    let said = refused(&right.replacen(&format!(":{}", server.port), &format!(":{}", nobody.port()), 1));
    assert!(said.contains("Connection refused"), "{said}");
}
