/// Model files from the Hugging Face Hub and elsewhere. No other module opens a socket.
@org.jspecify.annotations.NullMarked
module org.clipscribe.hub {
  requires static transitive org.jspecify;
  requires org.clipscribe.nn;
  requires java.net.http;

  exports org.clipscribe.hub;
}
