/** What a replay says when it is over: a text for people and JSON with fixed names for programs. */
package org.iommu4j.replay.report;
