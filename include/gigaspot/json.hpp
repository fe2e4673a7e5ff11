// gigaspot: the documents of a market and the commands and events of a live one, as JSON. Needs
// simdjson.
#pragma once

#include <gigaspot/json/command_reader.hpp>
#include <gigaspot/json/command_text.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/document_kind.hpp>
#include <gigaspot/json/event_reader.hpp>
#include <gigaspot/json/event_text.hpp>
#include <gigaspot/json/id_text.hpp>
#include <gigaspot/json/machine.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/orders.hpp>
#include <gigaspot/json/reason_field.hpp>
#include <gigaspot/json/replay.hpp>
#include <gigaspot/json/snapshot.hpp>
