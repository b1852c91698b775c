//! Connections to the broker.

use std::time::Duration;

use lapin::{
    Channel, Connection, ConnectionProperties, ErrorKind,
    options::ConfirmSelectOptions,
    protocol::{AMQPErrorKind, AMQPHardError, AMQPSoftError},
    tcp::OwnedTLSConfig,
    uri::{AMQPScheme, AMQPUri},
};
use tokio::time::timeout;

use super::topology::Topology;
use crate::{Options, QueueError};

/// How long connecting and declaring may take before the broker counts as away.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// Seconds between signs of life, unless the address says otherwise (`?heartbeat=`). Two missed
/// ones end a connection whose other end vanished without a word.
const HEARTBEAT_SECONDS: u16 = 5;

/// Where the broker is and whom it may trust.
pub(super) struct Address {
    uri: AMQPUri,
    trusted_certificates: Option<String>,
}

impl Address {
    pub(super) fn parse(address: &str, options: &Options) -> Result<Self, QueueError> {
        let mut uri: AMQPUri = address.parse().map_err(QueueError::Address)?;
        uri.query.heartbeat.get_or_insert(HEARTBEAT_SECONDS);
        if uri.scheme == AMQPScheme::AMQP && options.trusted_certificates.is_some() {
            let problem = "certificates are set, but the address is amqp:// (without TLS)";
            return Err(QueueError::Address(problem.into()));
        }
        Ok(Self { uri, trusted_certificates: options.trusted_certificates.clone() })
    }

    /// Connects, opens a channel with confirms and declares the topology.
    pub(super) async fn connect(
        &self,
        name: &str,
        topology: &Topology,
    ) -> Result<(Connection, Channel), QueueError> {
        let connecting = async {
            let connection = Connection::connect_uri_with_config(
                self.uri.clone(),
                ConnectionProperties::default().with_connection_name(name.into()),
                OwnedTLSConfig {
                    cert_chain: self.trusted_certificates.clone(),
                    ..OwnedTLSConfig::default()
                },
                lapin::runtime::default_runtime()?,
            )
            .await?;
            let channel = connection.create_channel().await?;
            channel.confirm_select(ConfirmSelectOptions::default()).await?;
            topology.declare(&channel).await?;
            Ok::<_, lapin::Error>((connection, channel))
        };
        match timeout(CONNECT_LIMIT, connecting).await {
            Ok(connected) => connected.map_err(QueueError::from),
            Err(_) => Err(QueueError::Away("it did not answer in time".into())),
        }
    }
}

impl From<lapin::Error> for QueueError {
    fn from(error: lapin::Error) -> Self {
        match error.kind() {
            ErrorKind::ProtocolError(protocol)
                if *protocol.kind() == AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED)
                    && protocol.get_message().as_str().contains("inequivalent arg") =>
            {
                Self::Topology(protocol.get_message().to_string())
            }
            ErrorKind::ProtocolError(protocol)
                if *protocol.kind() == AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED)
                    || *protocol.kind() == AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED) =>
            {
                Self::Away(format!(
                    "it does not let us in; check user, password and virtual host in the address ({})",
                    protocol.get_message()
                ))
            }
            _ => Self::Away(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chart::Timestamp;

    use super::*;

    fn options() -> Options {
        Options::new(Arc::new(Timestamp::default))
    }

    #[test]
    fn an_address_that_is_none_is_refused_without_repeating_its_password() {
        let Err(error) = Address::parse("http://nurse:secret@broker", &options()) else {
            panic!("http is no address of a broker");
        };
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn a_heartbeat_in_the_address_is_kept() {
        let address = Address::parse("amqp://broker?heartbeat=30", &options()).unwrap();
        assert_eq!(address.uri.query.heartbeat, Some(30));
        let address = Address::parse("amqp://broker", &options()).unwrap();
        assert_eq!(address.uri.query.heartbeat, Some(HEARTBEAT_SECONDS));
    }

    #[test]
    fn certificates_without_tls_are_a_mistake_worth_telling() {
        let options = Options { trusted_certificates: Some("PEM".into()), ..options() };
        assert!(Address::parse("amqp://broker", &options).is_err());
        assert!(Address::parse("amqps://broker", &options).is_ok());
    }
}
