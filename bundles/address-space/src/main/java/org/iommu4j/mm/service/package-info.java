/** The bundle in its container: machines come and go, and each has its service. */
package org.iommu4j.mm.service;
