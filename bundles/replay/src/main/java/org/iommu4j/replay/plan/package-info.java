/**
 * From a trace's events to a plan that can be replayed: which domain each map and unmap belongs to, which device
 * each domain serves, what stays mapped, and what a machine must have to play it.
 *
 * <p>{@link org.iommu4j.replay.plan.Attribution} listens to one pass over the trace and notes what each line tells;
 * {@link org.iommu4j.replay.plan.TracePlan#read} then settles the domains and gives the plan: primitive columns in
 * file order, one sequence per domain, and the facts a report and a machine definition need.
 *
 * <p>Nothing here knows OSGi, a machine or a driver.
 */
package org.iommu4j.replay.plan;
