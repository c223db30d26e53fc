//! Whom the log names: the entity that Vault vouches for, and what is only asserted.

use serde_json::json;
use turnlock::actor::Actor;
use turnlock::vault::Vault;

use super::{Scene, and};

impl Scene {
    fn asked(&self, vault: &Vault) -> Actor {
        self.runtime.block_on(Actor::asked_by_caller(vault))
    }

    /// A person with a login of their own: their token and their entity.
    fn person(&self, name: &str) -> (String, String) {
        let vault = self.bao.vault();
        self.root("sys/auth/userpass", json!({ "type": "userpass" }));
        self.root(
            &format!("auth/userpass/users/{name}"),
            json!({ "password": "told to nobody", "policies": "app" }),
        );
        let body = Some(json!({ "password": "told to nobody" }));
        let (status, answer) = vault.call("POST", &format!("auth/userpass/login/{name}"), body);
        assert_eq!(status, 200);
        let text = |field: &str| answer["auth"][field].as_str().expect("a text").to_owned();
        (text("client_token"), text("entity_id"))
    }
}

#[test]
fn the_agent_acts_and_the_caller_asked() {
    let scene = Scene::new();
    let role = scene.approle(json!({}));
    let alone = scene.works(&role);
    let agent = alone.me().entity.expect("AppRole makes an entity");
    let who = scene.asked(&alone);
    assert_eq!(who.actor, format!("entity:{agent}"));
    assert!(who.requester.starts_with("uid ") && who.requester.ends_with(" (asserted)"), "{}", who.requester);

    let (token, alice) = scene.person("alice");
    assert_ne!(alice, agent);
    for hers in
        [and(&role, "VAULT_TOKEN", &token), and(&role, "VAULT_TOKEN_FILE", &scene.file("t", &token, 0o600))]
    {
        let vault = scene.works(&hers);
        let who = scene.asked(&vault);
        assert_eq!(who.actor, format!("entity:{agent}"));
        assert_eq!(who.requester, format!("entity:{alice}"));
        assert_eq!(who.asserted.name.as_deref(), Some("userpass-alice"));
        assert!(who.asserted.uid.is_some() && who.asserted.host.is_some(), "{:?}", who.asserted);
        // What the schedule does was not asked for by whoever started the agent.
        let own = Actor::on_its_own(&vault);
        assert_eq!((own.requester, own.actor), (format!("entity:{agent}"), format!("entity:{agent}")));
    }

    // One and the same token: the person is the agent.
    let who = scene.asked(&scene.works(&[("VAULT_TOKEN", token.clone())]));
    assert_eq!(who.actor, format!("entity:{alice}"));
    assert_eq!(
        (who.requester, who.asserted.name),
        (format!("entity:{alice}"), Some("userpass-alice".into()))
    );

    // A caller whose token has ended, or is open to all, is known by nothing; the work goes on.
    let open = scene.file("open", &token, 0o644);
    let who = scene.asked(&scene.works(&and(&role, "VAULT_TOKEN_FILE", &open)));
    assert!(who.requester.starts_with("uid "), "{}", who.requester);
    scene.revoke(&token);
    let who = scene.asked(&scene.works(&and(&role, "VAULT_TOKEN", &token)));
    assert!(who.requester.starts_with("uid "), "{}", who.requester);
}

#[test]
fn a_token_of_nobody_has_no_entity() {
    let scene = Scene::new();
    let vault = scene.works(&[("VAULT_TOKEN", scene.bao.vault().token.clone())]);
    assert_eq!(vault.me().entity, None);
    let who = scene.asked(&vault);
    assert!(who.actor.starts_with("turnlock@") && who.actor.ends_with(" (asserted)"), "{}", who.actor);
    assert!(who.requester.starts_with("uid "), "{}", who.requester);
    assert_eq!(who.asserted.name.as_deref(), Some("token"));
}
