/**
 * Machine definitions: JSON read into immutable records. {@link org.iommu4j.hwsim.definition.DefinitionNode} is a JSON
 * object that knows the file it comes from, so every refusal names file, field, value and limit.
 */
package org.iommu4j.hwsim.definition;
