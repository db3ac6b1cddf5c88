/** What only AMD-Vi has: tables that grow at the top while several units and aliases walk them. */
package org.iommu4j.system.amd;
