/** Commands for people and scripts. */
package org.iommu4j.shell;
