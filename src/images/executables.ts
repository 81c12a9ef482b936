// Which programs the base systems of images bring along.
// Called by: image definitions. Must not know: any single image.

const BUSYBOX_APPLETS =
  '[ [[ acpid addgroup adduser adjtimex arch arp arping ash awk base32 base64 basename bc blkid bunzip2 bzcat bzip2 cal cat chattr ' +
  'chgrp chmod chown chroot clear cmp comm cp cpio crond crontab cut date dc dd deallocvt delgroup deluser df diff ' +
  'dirname dmesg dnsdomainname du echo ed egrep env expand expr factor false fgrep find flock fold free fsync ftpget ' +
  'ftpput fuser getopt getty grep groups gunzip gzip halt hd head hexdump hostid hostname httpd id ifconfig ifdown ifup ' +
  'inetd install ionice iostat ip ipaddr ipcalc kill killall last less link ln logger login logname ls lsof lspci lsusb ' +
  'lzcat makemime md5sum mesg mkdir mkfifo mknod mktemp more mount mountpoint mpstat mv nc netstat nice nl nohup nproc ' +
  'nslookup nuke od paste patch pgrep pidof ping ping6 pkill pmap poweroff printenv printf ps pstree pwd pwdx rdate ' +
  'readlink realpath reboot renice reset resize rev rm rmdir route run-parts sed seq setsid sh sha1sum sha256sum ' +
  'sha512sum shred shuf sleep sort split stat strings stty su sum sync sysctl syslogd tac tail tar tee telnet telnetd ' +
  'test tftp time timeout top touch tr traceroute true truncate tty tunctl umount uname uniq unlink unxz unzip uptime ' +
  'users usleep uudecode uuencode vi w watch wc wget which who whoami whois xargs xxd xz xzcat yes zcat';

const DEBIAN_PROGRAMS =
  '[ apt apt-get arch awk base64 basename bash cat chgrp chmod chown chroot cksum clear cmp comm cp csplit cut dash date dd ' +
  'df diff dir dircolors dirname dpkg du echo egrep env expand expr factor false fgrep find fold getconf getent grep ' +
  'groups gunzip gzip head hostid hostname id install join kill ln login logname ls md5sum mkdir mkfifo mknod mktemp more ' +
  'mount mountpoint mv nice nl nohup nproc numfmt od paste perl pinky pr printenv printf pwd readlink realpath rm rmdir ' +
  'sed seq sh sha1sum sha256sum sha512sum shred shuf sleep sort split stat stdbuf stty su sum sync tac tail tar tee test ' +
  'timeout touch tr true truncate tsort tty umount uname unexpand uniq unlink users wc which who whoami xargs yes zcat';

/** Everything a busybox image links to its one binary. */
export const busyboxExecutables: readonly string[] = BUSYBOX_APPLETS.split(' ');
/** Alpine: busybox and its package manager. */
export const alpineExecutables: readonly string[] = [
  ...busyboxExecutables,
  'apk',
  'getent',
  'ldd',
  'scanelf',
  'ssl_client',
];
/** Debian slim: coreutils, bash, dpkg; neither ps nor curl nor ping. */
export const debianExecutables: readonly string[] = DEBIAN_PROGRAMS.split(' ');
