/// From a name to verified files on the disk. Start at [HubClient], or at [HubCache] for what is
/// there already.
package org.clipscribe.hub;
