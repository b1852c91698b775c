//! Accounts, sessions, locks.

use chart::{Language, Role};

use super::{
    Clinic,
    clinic::{another, at},
    on_both,
};
use crate::{
    RecordsError, Refusal,
    audit::Author,
    sessions,
    users::{self, FIRST_LOCK, FREE_ATTEMPTS, NewUser},
};

fn new(login: &str) -> NewUser {
    NewUser {
        login: login.into(),
        name: "見本 一郎".into(),
        role: Role::Clerk,
        language: Language::En,
        password_hash: "hash".into(),
    }
}

on_both! {
    async fn a_person_is_found_by_login_however_it_is_typed(clinic: Clinic) {
        let mut tx = clinic.begin().await;
        let ichiro = users::create(&mut tx, clinic.tenant, new(" Ichiro "), Author::Program, at(0));
        let ichiro = ichiro.await.unwrap();
        assert_eq!(ichiro.login, "ichiro");
        assert_eq!(ichiro.language, Language::En);
        let found = users::find_by_login(&mut tx, "ICHIRO ").await.unwrap();
        assert_eq!(found, Some(ichiro));
        assert_eq!(users::find_by_login(&mut tx, "jiro").await.unwrap(), None);
    }

    async fn a_login_is_given_once_in_the_installation(clinic: Clinic) {
        let (other, _) = another(&clinic.db, "別の診療所").await;
        let mut tx = clinic.begin().await;
        let taken = users::create(&mut tx, other, new("Clerk"), Author::Program, at(0)).await;
        assert!(matches!(
            taken,
            Err(RecordsError::Refused(Refusal::Taken { what: "login", .. }))
        ));
        // The transaction goes on.
        assert_eq!(users::list(&mut tx, other).await.unwrap().len(), 1);
        assert_eq!(users::list(&mut tx, clinic.tenant).await.unwrap().len(), 3);
    }

    async fn guessing_locks_and_the_right_password_unlocks(clinic: Clinic) {
        let mut tx = clinic.begin().await;
        let clerk = users::find(&mut tx, clinic.tenant, clinic.clerk.user).await.unwrap().unwrap();
        for attempt in 1..FREE_ATTEMPTS {
            let locked = users::sign_in_failed(&mut tx, &clerk, at(i64::from(attempt))).await;
            assert_eq!(locked.unwrap(), None);
        }
        let locked = users::sign_in_failed(&mut tx, &clerk, at(10)).await.unwrap();
        assert_eq!(locked, Some(at(10).plus(FIRST_LOCK)));
        let clerk = users::find(&mut tx, clinic.tenant, clerk.id).await.unwrap().unwrap();
        assert!(clerk.is_locked(at(11)));
        assert!(!clerk.is_locked(at(10).plus(FIRST_LOCK)));
        users::sign_in_succeeded(&mut tx, &clerk, at(100)).await.unwrap();
        let clerk = users::find(&mut tx, clinic.tenant, clerk.id).await.unwrap().unwrap();
        assert_eq!((clerk.failed_attempts, clerk.locked_until), (0, None));
        assert_eq!(clerk.last_sign_in_at, Some(at(100)));
    }

    async fn the_last_administrator_stays(clinic: Clinic) {
        let mut tx = clinic.begin().await;
        let administrator = clinic.administrator;
        for refused in [
            users::set_active(
                &mut tx, clinic.tenant, administrator.user, false, administrator, at(1),
            ).await,
            users::set_role(
                &mut tx, clinic.tenant, administrator.user, Role::Clerk, administrator, at(1),
            ).await,
        ] {
            assert!(matches!(refused, Err(RecordsError::Refused(Refusal::LastAdministrator))));
        }
        users::set_role(
            &mut tx, clinic.tenant, clinic.clerk.user, Role::Administrator, administrator, at(2),
        ).await.unwrap();
        users::set_active(&mut tx, clinic.tenant, administrator.user, false, administrator, at(3))
            .await
            .unwrap();
        let gone = users::find(&mut tx, clinic.tenant, administrator.user).await.unwrap().unwrap();
        assert!(!gone.active);
    }

    async fn a_session_is_kept_until_it_expires(clinic: Clinic) {
        let user = Some(clinic.clerk.user);
        let mut tx = clinic.begin().await;
        assert!(sessions::create(&mut tx, "s1", None, "{}", at(10)).await.unwrap());
        assert!(!sessions::create(&mut tx, "s1", None, "{}", at(10)).await.unwrap());
        sessions::save(&mut tx, "s1", user, r#"{"a":1}"#, at(20)).await.unwrap();
        sessions::save(&mut tx, "s2", None, "{}", at(5)).await.unwrap();
        let loaded = sessions::load(&mut tx, "s1", at(19)).await.unwrap();
        assert_eq!(loaded, Some((r#"{"a":1}"#.to_owned(), at(20))));
        assert_eq!(sessions::load(&mut tx, "s1", at(20)).await.unwrap(), None);
        assert_eq!(sessions::delete_expired(&mut tx, at(5)).await.unwrap(), 1);
        sessions::delete(&mut tx, "s1").await.unwrap();
        assert_eq!(sessions::load(&mut tx, "s1", at(0)).await.unwrap(), None);
    }

    async fn a_new_password_or_a_closed_account_ends_all_sessions(clinic: Clinic) {
        let (tenant, clerk) = (clinic.tenant, clinic.clerk.user);
        let mut tx = clinic.begin().await;
        for change in ["password", "closed", "role"] {
            sessions::save(&mut tx, change, Some(clerk), "{}", at(999)).await.unwrap();
            match change {
                "password" => {
                    users::set_password_hash(&mut tx, tenant, clerk, "new", clinic.clerk, at(1))
                        .await
                }
                "closed" => {
                    users::set_active(&mut tx, tenant, clerk, false, clinic.administrator, at(2))
                        .await
                }
                _ => {
                    let role = Role::Clinician;
                    users::set_role(&mut tx, tenant, clerk, role, clinic.administrator, at(3)).await
                }
            }
            .unwrap();
            assert_eq!(sessions::load(&mut tx, change, at(4)).await.unwrap(), None, "{change}");
        }
        let user = users::find(&mut tx, tenant, clerk).await.unwrap().unwrap();
        assert_eq!(user.password_hash, "new");
        assert_eq!(user.role, Role::Clinician);
    }
}
