// The names of Docker Hub's official images: an image without a user in its name exists only when it is one of these.
// Called by: registry.ts. Must not know: what the images do.
const NAMES = `adminer aerospike almalinux alpine amazoncorretto amazonlinux api-firewall arangodb archlinux backdrop bash
bonita buildpack-deps busybox caddy cassandra centos chronograf cirros clearlinux clefos clickhouse clojure composer consul
convertigo couchbase couchdb crate dart debian docker drupal eclipse-mosquitto eclipse-temurin eggdrop elasticsearch elixir
emqx erlang express-gateway fedora flink fluentd friendica gazebo gcc geonetwork ghost golang gradle groovy haproxy haskell
haxe hello-world hitch httpd hylang ibm-semeru-runtimes ibmjava influxdb irssi java jenkins jetty joomla jruby julia kapacitor
kibana kong krakend lightstreamer liquibase logstash mageia mariadb matomo maven mediawiki memcached mongo mongo-express
monica mono mysql nats nats-streaming neo4j neurodebian nextcloud nginx node notary nuxeo odoo open-liberty openjdk
opensuse oraclelinux orientdb percona perl photon php php-zendserver phpmyadmin plone postfixadmin postgres pypy python
r-base rabbitmq rakudo-star redis redmine registry rethinkdb rocket.chat rockylinux ros ruby rust sapmachine satosa
silverpeas sl solr sonarqube spark spiped storm swarm swift swipl tarantool teamspeak telegraf tomcat tomee traefik ubuntu
unit varnish vault websphere-liberty wordpress xwiki yourls znc zookeeper`;

let official: Set<string> | undefined;

/** Returns true for 'nginx' and the like. */
export function isOfficialImage(name: string): boolean {
  official ??= new Set(NAMES.split(/\s+/));
  return official.has(name);
}
