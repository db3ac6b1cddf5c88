/** A bundle for the tests of the launcher; it is packed by the tests and runs inside the container. */
package org.iommu4j.launcher.probe;
