/**
 * Machine definitions: JSON read into immutable records. {@link org.iommu4j.hwsim.definition.DefinitionNode} is a JSON
 * object that knows the file it comes from, so every refusal names file, field, value and limit.
 * A function may come as bytes of its configuration space, {@link org.iommu4j.hwsim.definition.ConfigurationBytes}.
 * Room {@code lspci} makes definitions of what a real machine says of itself.
 */
package org.iommu4j.hwsim.definition;
