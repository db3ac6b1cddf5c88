/**
 * What {@code lspci -vvv}, better {@code lspci -vvvxxxx}, of a real machine says, as a machine definition. {@link
 * org.iommu4j.hwsim.definition.lspci.LspciText} reads lines into {@link
 * org.iommu4j.hwsim.definition.lspci.ListedFunction}s; {@link org.iommu4j.hwsim.definition.lspci.LspciDevices} makes
 * devices of them: of the bytes where the text has them all, else of what lspci made of them. Refusals name file, line
 * and text.
 */
package org.iommu4j.hwsim.definition.lspci;
