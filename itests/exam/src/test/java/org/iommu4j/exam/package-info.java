/**
 * The bundles in Felix, as one runs them: how they start, what they wire, what a swap leaves behind.
 * <p>
 * Tests are JUnit 4, which Pax Exam runs; every test method gets a framework of its own. A class lists its bundles
 * with {@link org.iommu4j.exam.Provision}.
 */
package org.iommu4j.exam;
