/// A bundle as resources, and the one class that hands them out.
package org.clipscribe.embedded;
