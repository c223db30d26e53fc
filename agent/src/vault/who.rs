//! Who the agent is to Vault, and who the caller is. Vault vouches for the entity
//! (<https://developer.hashicorp.com/vault/docs/concepts/identity>), and for nothing else.

use super::login::About;
use super::settings::Method;
use super::{Vault, login};

/// A token's holder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    pub entity: Option<String>,
    /// A name that whoever made the token chose.
    pub display: Option<String>,
}

impl From<About> for Identity {
    fn from(about: About) -> Self {
        Self { entity: about.entity, display: about.display }
    }
}

impl Vault {
    /// Whose login the agent has.
    pub fn me(&self) -> Identity {
        Identity { entity: self.session.ticket().entity.clone(), display: None }
    }

    /// Whose token whoever started this process has; `None` if they have none that is valid.
    pub async fn caller(&self) -> Option<Identity> {
        let (ticket, settings) = (self.session.ticket(), self.session.settings());
        let about = match &settings.caller {
            Some(token) => token.owner(&ticket.wire).await,
            None if matches!(settings.method, Method::Token(_)) => {
                login::look_up(&ticket.wire, ticket.token()).await.ok()
            }
            None => None,
        };
        about.map(Identity::from)
    }
}
