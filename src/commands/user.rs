//! `kamikarte user`: who may sign in.

use std::io::{BufRead, IsTerminal};

use anyhow::{Context, Result, ensure};
use records::{Db, audit::Author, password, users};

use crate::{cli::UserCommand, clock, config::Config, exit::Outcome, wiring};

/// A password that is easy to guess protects nothing; eight characters are what the guideline for
/// medical information systems 6.0 names as the least (with a second factor or locking, which
/// `records::users` does).
const SHORTEST_PASSWORD: usize = 8;

pub async fn run(config: &Config, command: UserCommand) -> Result<Outcome> {
    let db = wiring::database(config).await?;
    match command {
        UserCommand::Add { login, role, name, if_missing } => {
            let mut tx = db.begin().await?;
            if users::find_by_login(&mut tx, &login).await?.is_some() {
                ensure!(
                    if_missing,
                    "{login} is there already; `kamikarte user password {login}` sets a new password"
                );
                return Ok(Outcome::Done);
            }
            tx.rollback().await?;
            let password_hash = password::hash(&ask_password(&login)?)?;
            let tenant = wiring::tenant(&db, config).await?;
            let new = users::NewUser {
                name: name.unwrap_or_else(|| login.clone()),
                login,
                role,
                language: config.language,
                password_hash,
            };
            let mut tx = db.begin().await?;
            let user = users::create(&mut tx, tenant, new, Author::Program, clock::now()).await?;
            tx.commit().await?;
            eprintln!("{} may sign in as {}", user.login, user.role);
        }
        UserCommand::List => {
            let tenant = wiring::tenant(&db, config).await?;
            let mut tx = db.read().await?;
            for user in users::list(&mut tx, tenant).await? {
                let active = if user.active { "" } else { "  (deactivated)" };
                println!("{:<20} {:<14} {}{active}", user.login, user.role, user.name);
            }
        }
        UserCommand::Password { login } => {
            let user = find(&db, config, &login).await?;
            let password_hash = password::hash(&ask_password(&login)?)?;
            let mut tx = db.begin().await?;
            users::set_password_hash(
                &mut tx,
                user.tenant,
                user.id,
                &password_hash,
                Author::Program,
                clock::now(),
            )
            .await?;
            tx.commit().await?;
            eprintln!("{login} has a new password");
        }
        UserCommand::Deactivate { login } => {
            let user = find(&db, config, &login).await?;
            let mut tx = db.begin().await?;
            users::set_active(&mut tx, user.tenant, user.id, false, Author::Program, clock::now())
                .await?;
            tx.commit().await?;
            eprintln!("{login} may no longer sign in");
        }
    }
    Ok(Outcome::Done)
}

async fn find(db: &Db, config: &Config, login: &str) -> Result<users::User> {
    let tenant = wiring::tenant(db, config).await?;
    let mut tx = db.read().await?;
    users::find_by_login(&mut tx, login)
        .await?
        .filter(|user| user.tenant == tenant)
        .with_context(|| format!("there is no {login}; `kamikarte user list` shows who there is"))
}

/// From the terminal without showing it, or the first line of standard input.
fn ask_password(login: &str) -> Result<String> {
    let password = if std::io::stdin().is_terminal() {
        let first = rpassword::prompt_password(format!("Password for {login}: "))?;
        ensure!(
            first == rpassword::prompt_password("Once more: ")?,
            "the two passwords differ; nothing was changed"
        );
        first
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("reading the password")?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    ensure!(
        password.chars().count() >= SHORTEST_PASSWORD,
        "a password has at least {SHORTEST_PASSWORD} characters"
    );
    Ok(password)
}
