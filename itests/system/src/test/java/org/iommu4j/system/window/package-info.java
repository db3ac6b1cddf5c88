/** The time between two drivers, held open: hardware translates, misses and walks with nobody in charge. */
package org.iommu4j.system.window;
