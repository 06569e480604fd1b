# Sourced by ./build and ./clipscribe: find_jdk prints the home of the first JDK of version 25 or newer.
# The `release` file is read instead of running `java -version`: no JVM start for each candidate.

jdk_major() {
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null
}

find_jdk() {
  path_java=$(command -v javac 2>/dev/null || command -v java 2>/dev/null || true)
  [ -n "$path_java" ] && path_java=$(dirname "$(dirname "$(readlink -f "$path_java" 2>/dev/null || echo "$path_java")")")
  for home in "${CLIPSCRIBE_JAVA_HOME-}" "${JAVA_HOME-}" "$path_java" \
    /usr/lib/jvm/* /opt/jdk* /opt/java/* "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME-}"/Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [ -n "$home" ] && [ -x "$home/bin/java" ] || continue
    major=$(jdk_major "$home")
    [ -n "$major" ] || continue
    if [ "$major" -ge 25 ]; then
      echo "$home"
      return 0
    fi
    older=" but $major in $home"
  done
  echo "error: clipscribe needs JDK 25 or newer and found none${older-}; on Debian 13: apt-get install openjdk-25-jdk-headless; elsewhere unpack one and set JAVA_HOME" >&2
  return 1
}
